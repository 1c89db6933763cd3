//! Base64, character encodings and URLs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Context;
use super::call::{Call, Function, Outcome, Parameter};
use super::strings::{some_text, string};
use crate::eval::pattern::Pattern;
use crate::eval::text::{Hole, Piece, Shape, Text};
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::split("base64encode", &[Parameter::String], |call, _| Ok(base64(call.bytes())), some_base64).injective(),
    Function::split("base64decode", &[Parameter::String], base64_decode, some_base64_decoded),
    Function::whole("base64gzip", &[Parameter::String], gzip),
    Function::split(
        "urlencode",
        &[Parameter::String],
        |call, _| Ok(string(url_encode(call.text(0).unwrap_or_default()))),
        some_url,
    )
    .injective(),
    Function::split("textencodebase64", &[Parameter::String, Parameter::String], text_encode, some_encoded),
    Function::split("textdecodebase64", &[Parameter::String, Parameter::String], text_decode, some_base64_decoded),
];

impl Call {
    /// The bytes of the first argument.
    pub(super) fn bytes(&self) -> &[u8] {
        self.text(0).unwrap_or_default().as_bytes()
    }
}

pub(super) fn base64(bytes: &[u8]) -> Value {
    Value::string(STANDARD.encode(bytes))
}

/// A text of this form.
pub(super) fn of_form(call: &Call, expression: &str) -> Value {
    let text = Pattern::new(expression).map_or_else(|_| Text::any(), |pattern| Text::any().narrow(&pattern, true));
    Value::some_string(text, call.cause())
}

const BASE64: &str = "\\A[A-Za-z0-9+/]*={0,2}\\z";

fn some_base64(call: &Call, _: &mut Context<'_>) -> Outcome {
    Ok(of_form(call, BASE64))
}

fn some_encoded(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(of_form(call, BASE64))
}

/// Decodes as Go does: line ends count for nothing.
fn decode(text: &str) -> Result<Vec<u8>, String> {
    let plain: String = text.chars().filter(|letter| !matches!(letter, '\r' | '\n')).collect();
    // Go does not mind bits after the last byte.
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    engine.decode(plain).map_err(|_| "the text is not base64".to_owned())
}

fn base64_decode(call: &Call, _: &mut Context<'_>) -> Outcome {
    let bytes = decode(call.text(0).unwrap_or_default())?;
    String::from_utf8(bytes).map(string).map_err(|_| "the decoded bytes are not UTF-8 text".to_owned())
}

fn some_base64_decoded(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    some_text(call, context)
}

/// The compressed bytes depend on the compressor; all begin with the same header.
fn gzip(call: &Call, _: &mut Context<'_>) -> Outcome {
    let header = Piece::Literal("H4sIAAAAAAAA/".into());
    Ok(Value::some_string(Text::of([header, Piece::Hole(Hole::new(Shape::Any))]), call.cause()))
}

/// As Go's `url.QueryEscape`.
fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn some_url(call: &Call, _: &mut Context<'_>) -> Outcome {
    let pieces = call.at(0).text();
    let pieces = pieces.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => Piece::Literal(url_encode(text).into()),
        Piece::Hole(hole) => {
            let special = Pattern::new("[^A-Za-z0-9._~-]");
            let is_plain = special
                .is_ok_and(|special| Text::hole(hole.clone()).matches(&special) == crate::eval::text::Tri::Never);
            let any = Hole::new(Shape::Any);
            let escaped = Pattern::new("\\A[A-Za-z0-9._~%+-]*\\z")
                .map_or_else(|_| any.clone(), |form| any.clone().with(form, true));
            Piece::Hole(if is_plain { hole.clone() } else { escaped })
        }
    });
    Ok(Value::some_string(Text::of(pieces), call.cause()))
}

/// The encodings that are known here, by their IANA names.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16 { big: bool },
    Latin1,
}

fn encoding(name: &str) -> Option<Encoding> {
    match name.to_ascii_lowercase().as_str() {
        "utf-8" => Some(Encoding::Utf8),
        "utf-16le" => Some(Encoding::Utf16 { big: false }),
        "utf-16be" => Some(Encoding::Utf16 { big: true }),
        "iso-8859-1" | "latin1" | "iso_8859-1" => Some(Encoding::Latin1),
        _ => None,
    }
}

fn text_encode(call: &Call, context: &mut Context<'_>) -> Outcome {
    let text = call.text(0).unwrap_or_default();
    let bytes = match encoding(call.text(1).unwrap_or_default()) {
        Some(Encoding::Utf8) => text.as_bytes().to_vec(),
        Some(Encoding::Utf16 { big }) => {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        }
        Some(Encoding::Latin1) => {
            let bytes: Result<Vec<u8>, _> = text.chars().map(|letter| u8::try_from(u32::from(letter))).collect();
            bytes.map_err(|_| "the text has letters that ISO-8859-1 lacks")?
        }
        None => return some_encoded(call, context),
    };
    Ok(base64(&bytes))
}

fn text_decode(call: &Call, context: &mut Context<'_>) -> Outcome {
    let Some(encoding) = encoding(call.text(1).unwrap_or_default()) else {
        return some_base64_decoded(call, context);
    };
    let bytes = decode(call.text(0).unwrap_or_default())?;
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8(bytes).ok(),
        Encoding::Latin1 => Some(bytes.into_iter().map(char::from).collect()),
        Encoding::Utf16 { big } if bytes.len().is_multiple_of(2) => {
            let units: Vec<u16> =
                bytes
                    .chunks_exact(2)
                    .map(|pair| {
                        if big {
                            u16::from_be_bytes([pair[0], pair[1]])
                        } else {
                            u16::from_le_bytes([pair[0], pair[1]])
                        }
                    })
                    .collect();
            String::from_utf16(&units).ok()
        }
        Encoding::Utf16 { .. } => None,
    };
    // What is not of this encoding is replaced or rejected.
    match text {
        Some(text) => Ok(string(text)),
        None => {
            context.doubt.raise();
            Ok(call.some(&Type::String))
        }
    }
}
