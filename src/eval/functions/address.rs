//! IP networks. IPv4 addresses may have leading zeros, as Terraform still reads them.

use std::net::{Ipv4Addr, Ipv6Addr};

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::Context;
use super::call::{Call, Function, Outcome, Parameter};
use super::encoding::of_form;
use crate::eval::number::Number;
use crate::eval::range::Length;
use crate::eval::refinement::Refinement;
use crate::eval::value::Value;
use crate::terraform::Type;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::split("cidrhost", &[Parameter::String, Parameter::Number], host, some_address),
    Function::split("cidrnetmask", &[Parameter::String], mask, some_address),
    Function::split("cidrsubnet", &[Parameter::String, Parameter::Number, Parameter::Number], subnet, some_network),
    Function::split("cidrsubnets", &[Parameter::String], subnets, some_networks).and_more(Parameter::Number),
];

const ADDRESS: &str = "\\A[0-9a-f:.]{2,45}\\z";
const NETWORK: &str = "\\A[0-9a-f:.]{2,45}/[0-9]{1,3}\\z";

/// A network: the first address and the bits of the prefix.
#[derive(Clone, Copy)]
struct Network {
    /// The address as a number, without the bits of hosts.
    base: u128,
    prefix: u32,
    /// Bits of an address.
    size: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let is_plain = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u32 = prefix.parse().ok().filter(|_| is_plain)?;
        let (base, size) = if address.contains(':') {
            (u128::from(address.parse::<Ipv6Addr>().ok()?), 128)
        } else {
            (u128::from(parse_v4(address)?), 32)
        };
        let network = Self { base, prefix, size };
        (prefix <= size).then(|| Self { base: base & !network.host_mask(), ..network })
    }

    /// The bits that tell hosts apart.
    const fn host_mask(&self) -> u128 {
        match self.size - self.prefix {
            128 => u128::MAX,
            bits => (1 << bits) - 1,
        }
    }

    fn address(&self, address: u128) -> Option<String> {
        if self.size == 32 {
            return Some(Ipv4Addr::from(u32::try_from(address).ok()?).to_string());
        }
        let address = Ipv6Addr::from(address);
        // Go writes these as IPv4 addresses, or not, depending on how they came about.
        address.to_ipv4_mapped().is_none().then(|| address.to_string())
    }

    /// The address of a host; negative numbers count from the end.
    fn host(&self, number: &BigInt) -> Option<u128> {
        let count = BigInt::from(self.host_mask()) + 1;
        let number = if *number < BigInt::ZERO { number + &count } else { number.clone() };
        (number < count).then_some(())?;
        number.to_u128().map(|number| self.base | number)
    }
}

fn parse_v4(text: &str) -> Option<u32> {
    let parts: Vec<&str> = text.split('.').collect();
    let [a, b, c, d] = parts.as_slice() else { return None };
    let byte = |part: &str| {
        let is_plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u8>().ok().filter(|_| is_plain)
    };
    Some(u32::from_be_bytes([byte(a)?, byte(b)?, byte(c)?, byte(d)?]))
}

fn network(call: &Call) -> Result<Network, String> {
    let text = call.text(0).unwrap_or_default();
    Network::parse(text).ok_or_else(|| "an address with a prefix length is required, such as 10.0.0.0/8".to_owned())
}

fn whole(call: &Call, index: usize) -> Result<BigInt, String> {
    let number = call.at(index).as_number().and_then(Number::to_integer);
    number.ok_or_else(|| "a whole number is required".to_owned())
}

fn host(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (network, number) = (network(call)?, whole(call, 1)?);
    let address = network.host(&number).ok_or("the network has no host of this number")?;
    match network.address(address) {
        Some(text) => Ok(Value::string(text)),
        None => some_address(call, context),
    }
}

fn mask(call: &Call, _: &mut Context<'_>) -> Outcome {
    let network = network(call)?;
    if network.size != 32 {
        return Err("IPv6 networks have no netmask".to_owned());
    }
    let bits = u32::MAX.checked_shl(32 - network.prefix).unwrap_or(0);
    Ok(Value::string(Ipv4Addr::from(bits).to_string()))
}

fn subnet(call: &Call, context: &mut Context<'_>) -> Outcome {
    let (network, bits, number) = (network(call)?, whole(call, 1)?, whole(call, 2)?);
    if bits < BigInt::ZERO || number < BigInt::ZERO {
        return some_network(call, context);
    }
    let room = network.size - network.prefix;
    let bits = bits.to_u32().filter(|bits| *bits <= room).ok_or("the network has not enough bits for this subnet")?;
    let number = number.to_u128().filter(|number| bits == 128 || *number < 1 << bits);
    let number = number.ok_or("the network has no subnet of this number")?;
    let shift = room - bits;
    let base = network.base | number.checked_shl(shift).unwrap_or(0);
    match network.address(base) {
        Some(text) => Ok(Value::string(format!("{text}/{}", network.prefix + bits))),
        None => some_network(call, context),
    }
}

fn subnets(call: &Call, context: &mut Context<'_>) -> Outcome {
    let network = network(call)?;
    let end = BigInt::from(network.base) + BigInt::from(network.host_mask()) + 1;
    if network.base == 0 && call.arguments.len() > 1 {
        // Terraform begins to count below the network.
        return Err("subnets of a network that begins with the address 0 cannot be counted".to_owned());
    }
    let mut next = BigInt::from(network.base);
    let mut made = Vec::new();
    for index in 1..call.arguments.len() {
        let bits = whole(call, index)?.to_u32().filter(|bits| (1..=32).contains(bits));
        let bits = bits.ok_or("a subnet must extend the prefix by 1 to 32 bits")?;
        let prefix = network.prefix + bits;
        if prefix > network.size {
            return Err("the prefix of a subnet is longer than an address".to_owned());
        }
        let size = BigInt::from(1) << (network.size - prefix);
        // The next address that such a subnet can begin at.
        let start: BigInt = (&next + &size - 1) / &size * &size;
        if &start + &size > end {
            return Err("the network has not enough room for these subnets".to_owned());
        }
        let Some(text) = start.to_u128().and_then(|start| network.address(start)) else {
            return some_networks(call, context);
        };
        made.push(Value::string(format!("{text}/{prefix}")));
        next = start + size;
    }
    Ok(Value::list(Type::String, made))
}

fn some_address(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(of_form(call, ADDRESS))
}

fn some_network(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    Ok(of_form(call, NETWORK))
}

fn some_networks(call: &Call, context: &mut Context<'_>) -> Outcome {
    context.doubt.raise();
    let count = call.arguments.len() as u64 - 1;
    let mut refinement = Refinement::new(call.cause());
    refinement.length = Length { min: count, max: if call.rest.is_some() { None } else { Some(count) } };
    refinement.element = Some(of_form(call, NETWORK));
    refinement.distinct = true;
    Ok(Value::unknown(Type::list(Type::String), refinement))
}
