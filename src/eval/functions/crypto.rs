//! Hashes, and the functions that have another result each time.

use md5::Digest as _;

use super::Context;
use super::call::{Call, Function, Outcome, Parameter};
use super::encoding::{base64, of_form};
use super::files;
use crate::eval::marks::Marks;
use crate::eval::refinement::Cause;
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::split("md5", &[Parameter::String], |call, _| Ok(hash("md5", call.bytes())), some_hash).injective(),
    Function::split("sha1", &[Parameter::String], |call, _| Ok(hash("sha1", call.bytes())), some_hash).injective(),
    Function::split("sha256", &[Parameter::String], |call, _| Ok(hash("sha256", call.bytes())), some_hash).injective(),
    Function::split("sha512", &[Parameter::String], |call, _| Ok(hash("sha512", call.bytes())), some_hash).injective(),
    Function::split("base64sha256", &[Parameter::String], |call, _| Ok(hash("base64sha256", call.bytes())), some_hash)
        .injective(),
    Function::split("base64sha512", &[Parameter::String], |call, _| Ok(hash("base64sha512", call.bytes())), some_hash)
        .injective(),
    Function::whole("filemd5", &[Parameter::String], of_file),
    Function::whole("filesha1", &[Parameter::String], of_file),
    Function::whole("filesha256", &[Parameter::String], of_file),
    Function::whole("filesha512", &[Parameter::String], of_file),
    Function::whole("filebase64sha256", &[Parameter::String], of_file),
    Function::whole("filebase64sha512", &[Parameter::String], of_file),
    Function::split("uuidv5", &[Parameter::String, Parameter::String], uuid_of_name, some_uuid_of_name),
    Function::whole("uuid", &[], |call, _| Ok(unstable(call, UUID))),
    Function::whole("bcrypt", &[Parameter::String], bcrypt).and_more(Parameter::Number),
    Function::whole("rsadecrypt", &[Parameter::String, Parameter::String], decrypted),
];

const UUID: &str = "\\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\z";

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(name: &str, bytes: &[u8]) -> Value {
    let hexadecimal = |bytes: &[u8]| Value::string(hexadecimal(bytes));
    match name {
        "md5" => hexadecimal(&md5::Md5::digest(bytes)),
        "sha1" => hexadecimal(&sha1::Sha1::digest(bytes)),
        "sha256" => hexadecimal(&sha2::Sha256::digest(bytes)),
        "sha512" => hexadecimal(&sha2::Sha512::digest(bytes)),
        "base64sha256" => base64(&sha2::Sha256::digest(bytes)),
        _ => base64(&sha2::Sha512::digest(bytes)),
    }
}

fn form(name: &str) -> &'static str {
    match name {
        "md5" => "\\A[0-9a-f]{32}\\z",
        "sha1" => "\\A[0-9a-f]{40}\\z",
        "sha256" => "\\A[0-9a-f]{64}\\z",
        "sha512" => "\\A[0-9a-f]{128}\\z",
        "base64sha256" => "\\A[A-Za-z0-9+/]{43}=\\z",
        _ => "\\A[A-Za-z0-9+/]{86}==\\z",
    }
}

fn some_hash(call: &Call, _: &mut Context<'_>) -> Outcome {
    Ok(of_form(call, form(call.name)))
}

fn of_file(call: &Call, context: &mut Context<'_>) -> Outcome {
    let name = call.name.trim_start_matches("file");
    match files::read(call, context) {
        Some(content) => Ok(hash(name, &content)),
        None => {
            context.doubt.raise();
            Ok(of_form(call, form(name)))
        }
    }
}

/// The names that stand for a namespace (RFC 4122, appendix C): only one digit differs.
fn namespace(name: &str) -> Option<[u8; 16]> {
    let digit = match name {
        "dns" => 0x10,
        "url" => 0x11,
        "oid" => 0x12,
        "x500" => 0x14,
        text => return parse_uuid(text),
    };
    Some([0x6b, 0xa7, 0xb8, digit, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8])
}

fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let parts: Vec<&str> = text.split('-').collect();
    if parts.iter().map(|part| part.len()).collect::<Vec<_>>() != [8, 4, 4, 4, 12] {
        return None;
    }
    let digits = parts.concat();
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(&digits, 16).ok().map(u128::to_be_bytes)
}

fn uuid_of_name(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (space, name) = (call.text(0).unwrap_or_default(), call.text(1).unwrap_or_default());
    let Some(space) = namespace(space) else {
        // A few other spellings of UUIDs are accepted too.
        if space.len() < 32 {
            return Err("the namespace is neither a UUID nor dns, url, oid or x500".to_owned());
        }
        return some_uuid_of_name(call, context);
    };
    let mut hash = sha1::Sha1::new();
    hash.update(space);
    hash.update(name.as_bytes());
    let mut bytes: [u8; 16] = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hexadecimal(&bytes);
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Ok(Value::string(parts.join("-")))
}

fn some_uuid_of_name(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.text(0).and_then(namespace).is_none() {
        context.doubt.raise();
    }
    Ok(of_form(call, UUID))
}

/// A text of this form that differs with every run.
pub(super) fn unstable(call: &Call, expression: &str) -> Value {
    let value = of_form(call, expression);
    let cause = Cause::Unstable(call.name.into());
    Value::some_string(value.text(), cause).marked(Marks::UNSTABLE.and(Marks::ALWAYS_UNSTABLE))
}

fn bcrypt(call: &Call, context: &mut Context<'_>) -> Outcome {
    if call.arguments.len() > 2 {
        return Err("`bcrypt` takes one or two arguments".to_owned());
    }
    if call.arguments.len() > 1 || call.rest.is_some() || call.text(0).is_none_or(|text| text.len() > 72) {
        context.doubt.raise();
    }
    Ok(unstable(call, "\\A\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}\\z"))
}

fn decrypted(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(Value::some(&Type::String, &Cause::Function(call.name.into())))
}
