//! The calls of the plugin protocol: each decodes its request, asks the modules that know, and encodes the answer.
//!
//! What cannot be answered becomes a diagnostic or a gRPC status, never a panic. Nothing here knows of sockets.

use crate::fill::{Gap, fill};
use crate::generate;
use crate::infrastructure::{Fault, Infrastructure};
use crate::path::Path;
use crate::plan::{Place, plan};
use crate::product::Product;
use crate::proto::{self, Diagnostic, DynamicValue, ERROR};
use crate::schema::{self, Implementation, Resource};
use crate::value::{self, Value};
use crate::{replace, validate, wire};
use prost::Message;
use std::collections::BTreeMap;
use std::time::Duration;

/// One provider, ready to answer.
pub struct Provider {
    schemas: schema::Provider,
    /// Where resources live outside the state; only for Proxmox and only in the drift mode.
    infrastructure: Option<Infrastructure>,
}

/// Why a call has no answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The protocol has the method, this provider does not.
    Unimplemented,
    /// The request made no sense.
    Internal(String),
    /// A fault asks the process to exit with this status.
    Exit(i32),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Internal(message)
    }
}

type Answer = Result<Vec<u8>, Failure>;

impl Provider {
    /// # Errors
    /// When the schema file of the product cannot be read.
    pub fn new(product: Product, infrastructure: Option<Infrastructure>) -> Result<Self, String> {
        let infrastructure = infrastructure.filter(|_| product == Product::Proxmox);
        Ok(Self { schemas: schema::parse(product.schema_text())?, infrastructure })
    }

    /// Answers one call of the service `tfplugin6.Provider`.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn call(&self, method: &str, body: &[u8]) -> Answer {
        match method {
            "GetProviderSchema" => Ok(wire::provider(&self.schemas).encode_to_vec()),
            "ValidateProviderConfig" => self.validate_provider(body),
            "ValidateResourceConfig" => validate_config(&self.schemas.resource_schemas, body),
            "ValidateDataResourceConfig" => validate_config(&self.schemas.data_source_schemas, body),
            "ValidateEphemeralResourceConfig" => validate_config(&self.schemas.ephemeral_resource_schemas, body),
            "UpgradeResourceState" => upgrade(body),
            "ReadResource" => self.read(body).await,
            "PlanResourceChange" => self.plan(body),
            "ApplyResourceChange" => self.apply(body),
            "ImportResourceState" => self.import(body),
            "ReadDataSource" => self.read_data(body),
            "OpenEphemeralResource" => self.open_ephemeral(body),
            // An empty answer means "done, nothing to say".
            "ConfigureProvider" | "StopProvider" | "CloseEphemeralResource" => Ok(Vec::new()),
            _ => Err(Failure::Unimplemented),
        }
    }

    fn validate_provider(&self, body: &[u8]) -> Answer {
        let request = request::<proto::ValidateProviderRequest>(body)?;
        let config = value::decode(request.config.as_ref())?;
        let diagnostics = validate::validate(&self.schemas.provider.block, &config);
        Ok(proto::ValidateProviderResponse { diagnostics }.encode_to_vec())
    }

    fn resource(&self, type_name: &str) -> Result<&Resource, Failure> {
        find(&self.schemas.resource_schemas, type_name)
    }

    async fn read(&self, body: &[u8]) -> Answer {
        let request = request::<proto::ReadRequest>(body)?;
        let Some(infrastructure) = &self.infrastructure else {
            return Ok(state_answer(request.current_state, Vec::new()));
        };
        let current = value::decode(request.current_state.as_ref())?;
        let fault = match infrastructure.fault() {
            Ok(fault) => fault,
            Err(message) => Fault { text: Some(message), ..Fault::default() },
        };
        tokio::time::sleep(Duration::from_millis(fault.sleep_ms)).await;
        if let Some(status) = fault.exit {
            return Err(Failure::Exit(status));
        }
        let block = &self.resource(&request.type_name)?.block;
        let found = match fault.text {
            Some(text) => Err(text),
            None => infrastructure.read(&request.type_name, block, &current),
        };
        match found {
            Ok(state) => Ok(state_answer(Some(value::encode(&state)?), Vec::new())),
            Err(text) => {
                let summary = format!("error reading {} {}: {text}", request.type_name, identity(&current));
                Ok(state_answer(request.current_state, vec![problem(summary)]))
            }
        }
    }

    fn plan(&self, body: &[u8]) -> Answer {
        let request = request::<proto::PlanRequest>(body)?;
        let resource = self.resource(&request.type_name)?;
        let prior = value::decode(request.prior_state.as_ref())?;
        let proposed = value::decode(request.proposed_new_state.as_ref())?;
        let config = value::decode(request.config.as_ref())?;
        let place = Place { prior: &prior, proposed: &proposed, config: &config };
        let mut planned = plan(&resource.block, place);
        generate::adjust_plan(&request.type_name, &config, &mut planned);
        let paths = replace::paths(&request.type_name, &resource.block, &prior, &planned);
        let response = proto::PlanResponse {
            planned_state: Some(value::encode(&planned)?),
            requires_replace: paths.into_iter().map(Path::into).collect(),
            diagnostics: Vec::new(),
            legacy_type_system: resource.implementation == Implementation::Sdkv2,
        };
        Ok(response.encode_to_vec())
    }

    fn apply(&self, body: &[u8]) -> Answer {
        let request = request::<proto::ApplyRequest>(body)?;
        let resource = self.resource(&request.type_name)?;
        let prior = value::decode(request.prior_state.as_ref())?;
        let planned = value::decode(request.planned_state.as_ref())?;
        let state = match &planned {
            Value::Nil => Value::Nil,
            planned => fill(&request.type_name, &resource.block, Gap::Unknown, planned),
        };
        let written = match &self.infrastructure {
            Some(infrastructure) => infrastructure.write(&request.type_name, &resource.block, &prior, &state),
            None => Ok(()),
        };
        // What could not be written is not in the state either: it stays as it was before.
        let (state, diagnostics) = match written {
            Ok(()) => (state, Vec::new()),
            Err(text) => (prior, vec![problem(format!("error writing {}: {text}", request.type_name))]),
        };
        let response = proto::ApplyResponse {
            new_state: Some(value::encode(&state)?),
            diagnostics,
            legacy_type_system: resource.implementation == Implementation::Sdkv2,
        };
        Ok(response.encode_to_vec())
    }

    fn import(&self, body: &[u8]) -> Answer {
        let request = request::<proto::ImportRequest>(body)?;
        let resource = self.resource(&request.type_name)?;
        let found = match &self.infrastructure {
            Some(infrastructure) => infrastructure.import(&request.type_name, &resource.block, &request.id),
            None => Err("import needs SPRAG_TEST_PROVIDER_STATE, the file with the infrastructure".to_owned()),
        };
        let response = match found {
            Ok(state) => {
                let imported =
                    proto::ImportedResource { type_name: request.type_name, state: Some(value::encode(&state)?) };
                proto::ImportResponse { imported_resources: vec![imported], diagnostics: Vec::new() }
            }
            Err(text) => {
                let summary = format!("cannot import {} {}: {text}", request.type_name, request.id);
                proto::ImportResponse { imported_resources: Vec::new(), diagnostics: vec![problem(summary)] }
            }
        };
        Ok(response.encode_to_vec())
    }

    fn read_data(&self, body: &[u8]) -> Answer {
        let state = read_config(&self.schemas.data_source_schemas, body)?;
        Ok(state_answer(Some(state), Vec::new()))
    }

    fn open_ephemeral(&self, body: &[u8]) -> Answer {
        let result = read_config(&self.schemas.ephemeral_resource_schemas, body)?;
        Ok(proto::OpenEphemeralResponse { diagnostics: Vec::new(), result: Some(result) }.encode_to_vec())
    }
}

/// What a data source or ephemeral resource of this configuration gives.
fn read_config(schemas: &BTreeMap<String, Resource>, body: &[u8]) -> Result<DynamicValue, Failure> {
    let request = request::<proto::ConfigRequest>(body)?;
    let config = value::decode(request.config.as_ref())?;
    let block = &find(schemas, &request.type_name)?.block;
    Ok(value::encode(&fill(&request.type_name, block, Gap::UnsetComputed, &config))?)
}

fn validate_config(schemas: &BTreeMap<String, Resource>, body: &[u8]) -> Answer {
    let request = request::<proto::ConfigRequest>(body)?;
    let config = value::decode(request.config.as_ref())?;
    let diagnostics = validate::validate(&find(schemas, &request.type_name)?.block, &config);
    Ok(proto::ValidateResponse { diagnostics }.encode_to_vec())
}

/// Stored states were written by this version: nothing to upgrade.
fn upgrade(body: &[u8]) -> Answer {
    let request = request::<proto::UpgradeRequest>(body)?;
    let json = request.raw_state.map(|raw| raw.json).unwrap_or_default();
    Ok(state_answer(Some(DynamicValue { msgpack: Vec::new(), json }), Vec::new()))
}

fn request<T: Message + Default>(body: &[u8]) -> Result<T, Failure> {
    T::decode(body).map_err(|error| Failure::Internal(format!("request is not the expected message: {error}")))
}

fn find<'a>(schemas: &'a BTreeMap<String, Resource>, type_name: &str) -> Result<&'a Resource, Failure> {
    schemas.get(type_name).ok_or_else(|| Failure::Internal(format!("there is no schema for `{type_name}`")))
}

fn state_answer(state: Option<DynamicValue>, diagnostics: Vec<Diagnostic>) -> Vec<u8> {
    proto::StateResponse { state, diagnostics }.encode_to_vec()
}

fn problem(summary: String) -> Diagnostic {
    Diagnostic { severity: ERROR, summary, ..Diagnostic::default() }
}

/// The `id` of a state as text.
fn identity(state: &Value) -> String {
    let id = value::member(state, "id");
    id.as_str().map_or_else(|| value::to_json(id).to_string(), str::to_owned)
}
