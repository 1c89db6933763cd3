//! gRPC over HTTP/2 on a Unix socket, as far as a Terraform plugin needs it: unary calls, no compression, no TLS.
//!
//! Beside the provider service, go-plugin's own services are answered: Shutdown ends the process, health checks are
//! fine, streams stay open and silent. This module knows nothing of Terraform values.

use crate::proto::HealthResponse;
use crate::provider::{Failure, Provider};
use bytes::{BufMut, Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{RecvStream, server};
use http::{HeaderMap, HeaderValue, Request, Response};
use prost::Message;
use std::sync::Arc;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedSender;

/// gRPC status codes (<https://grpc.io/docs/guides/status-codes/>).
const OK: u16 = 0;
const UNIMPLEMENTED: u16 = 12;
const INTERNAL: u16 = 13;

/// Accepts connections for ever. An exit status sent through `stop` asks the process to end.
pub async fn serve(listener: UnixListener, provider: Arc<Provider>, stop: UnboundedSender<i32>) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(connection(socket, Arc::clone(&provider), stop.clone()));
    }
}

async fn connection(socket: UnixStream, provider: Arc<Provider>, stop: UnboundedSender<i32>) {
    let Ok(mut connection) = server::handshake(socket).await else { return };
    while let Some(Ok((request, response))) = connection.accept().await {
        let (provider, stop) = (Arc::clone(&provider), stop.clone());
        tokio::spawn(async move {
            // An error here means that Terraform hung up: there is nobody left to tell.
            let _ = respond(request, response, &provider, &stop).await;
        });
    }
}

async fn respond(
    request: Request<RecvStream>,
    mut response: SendResponse<Bytes>,
    provider: &Provider,
    stop: &UnboundedSender<i32>,
) -> Result<(), h2::Error> {
    let (head, body) = request.into_parts();
    let (service, method) = head.uri.path().trim_start_matches('/').split_once('/').unwrap_or_default();
    if method == "StreamStdio" || method == "StartStream" {
        return std::future::pending().await;
    }
    let body = read_body(body).await?;
    let message = body.get(5..).unwrap_or_default();
    let (answer, exit) = match (service, method) {
        ("tfplugin6.Provider", _) => match provider.call(method, message).await {
            Err(Failure::Exit(status)) => return stop.send(status).map_err(|_| h2::Reason::CANCEL.into()),
            answer => (answer, None),
        },
        ("plugin.GRPCController", "Shutdown") => (Ok(Vec::new()), Some(0)),
        ("grpc.health.v1.Health", "Check") => (Ok(HealthResponse { status: 1 }.encode_to_vec()), None),
        _ => (Err(Failure::Unimplemented), None),
    };
    send(&mut response, answer)?;
    exit.map_or(Ok(()), |status| stop.send(status).map_err(|_| h2::Reason::CANCEL.into()))
}

async fn read_body(mut body: RecvStream) -> Result<BytesMut, h2::Error> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk?;
        body.flow_control().release_capacity(chunk.len())?;
        read.extend_from_slice(&chunk);
    }
    Ok(read)
}

/// Sends a message framed as gRPC wants it, or only a status.
fn send(response: &mut SendResponse<Bytes>, answer: Result<Vec<u8>, Failure>) -> Result<(), h2::Error> {
    let mut head = Response::new(());
    head.headers_mut().insert("content-type", HeaderValue::from_static("application/grpc"));
    let mut stream = response.send_response(head, false)?;
    let (code, text) = match answer {
        Ok(message) => match u32::try_from(message.len()) {
            Ok(length) => {
                let mut frame = BytesMut::with_capacity(message.len() + 5);
                frame.put_u8(0); // not compressed
                frame.put_u32(length);
                frame.extend_from_slice(&message);
                stream.send_data(frame.freeze(), false)?;
                (OK, String::new())
            }
            Err(_) => (INTERNAL, "answer is longer than 4 GiB".to_owned()),
        },
        Err(Failure::Unimplemented) => (UNIMPLEMENTED, "the test provider does not have this method".to_owned()),
        Err(Failure::Internal(text)) => (INTERNAL, text),
        Err(Failure::Exit(status)) => (INTERNAL, format!("the provider exits with status {status}")),
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from(code));
    if let Ok(text) = HeaderValue::from_str(&text) {
        trailers.insert("grpc-message", text);
    }
    stream.send_trailers(trailers)
}
