//! Functions of strings.

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use super::Context;
use super::call::{Call, Function, MAX_BYTES, Outcome, Parameter};
use crate::eval::number::Number;
use crate::eval::pattern::{Anchors, Pattern};
use crate::eval::range::Length;
use crate::eval::refinement::Refinement;
use crate::eval::text::{Hole, Piece, Shape, Text, Tri};
use crate::eval::value::Value;
use crate::terraform::Type;

use Parameter::{Number as NumberParameter, String as Str};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::split("upper", &[Str], |call, _| of_text(call, upper), |call, _| mapped(call, upper, Some("[a-z]"))),
    Function::split("lower", &[Str], |call, _| of_text(call, lower), |call, _| mapped(call, lower, Some("[A-Z]"))),
    Function::split("title", &[Str], |call, _| of_text(call, title), some_text),
    Function::split("strrev", &[Str], |call, _| of_text(call, reversed), some_text),
    Function::split(
        "trimspace",
        &[Str],
        |call, _| of_text(call, |text| text.trim_matches(is_space).to_owned()),
        some_trimmed_space,
    ),
    Function::split("chomp", &[Str], |call, _| of_text(call, chomp), some_chomped),
    Function::split("trim", &[Str, Str], trim, some_trimmed),
    Function::split("trimprefix", &[Str, Str], trim_prefix, some_without_prefix),
    Function::split("trimsuffix", &[Str, Str], trim_suffix, some_without_suffix),
    Function::split("indent", &[NumberParameter, Str], indent, some_indented),
    Function::split("substr", &[Str, NumberParameter, NumberParameter], substring, some_substring),
    Function::whole("join", &[Str], join).and_more(Parameter::Strings),
    Function::split("split", &[Str, Str], split, some_split),
    Function::whole("startswith", &[Str, Str], |call, _| Ok(relates(call, Anchors::Start))),
    Function::whole("endswith", &[Str, Str], |call, _| Ok(relates(call, Anchors::End))),
    Function::whole("strcontains", &[Str, Str], |call, _| Ok(relates(call, Anchors::None))),
];

/// The characters of a text as people see them, which Terraform counts.
pub(super) fn characters(text: &str) -> impl Iterator<Item = &str> {
    text.graphemes(true)
}

/// A string as Terraform keeps it: in normal form.
pub(super) fn string(text: String) -> Value {
    if text.len() > MAX_BYTES {
        return Call::too_large(&Type::String);
    }
    if text.is_ascii() { Value::string(text) } else { Value::string(text.nfc().collect::<String>()) }
}

/// How many bytes of a text are known, or how many pieces it has.
pub(super) fn known_bytes(text: &Text) -> usize {
    let sizes = text.pieces().iter().map(|piece| match piece {
        Piece::Literal(literal) => literal.len(),
        Piece::Hole(_) => 100,
    });
    sizes.sum()
}

fn of_text(call: &Call, operation: fn(&str) -> String) -> Outcome {
    Ok(string(operation(call.text(0).unwrap_or_default())))
}

/// Any string.
pub(super) fn some_text(call: &Call, _: &mut Context<'_>) -> Outcome {
    Ok(call.some(&Type::String))
}

/// Each letter on its own, as Go maps them; letters that would become several stay as they are.
fn upper(text: &str) -> String {
    text.chars().map(upper_letter).collect()
}

fn upper_letter(letter: char) -> char {
    let mut mapped = letter.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

fn lower(text: &str) -> String {
    let lower_letter = |letter: char| {
        let mut mapped = letter.to_lowercase();
        match (mapped.next(), mapped.next()) {
            (Some(one), None) => one,
            // The dotted capital I.
            _ if letter == '\u{130}' => 'i',
            _ => letter,
        }
    };
    text.chars().map(lower_letter).collect()
}

fn title(text: &str) -> String {
    let mut before = ' ';
    let mut titled = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_inside = if before.is_ascii() {
            before.is_ascii_alphanumeric() || before == '_'
        } else {
            before.is_alphanumeric() || !is_space(before)
        };
        titled.push(if is_inside { letter } else { upper_letter(letter) });
        before = letter;
    }
    titled
}

fn reversed(text: &str) -> String {
    let all: Vec<&str> = characters(text).collect();
    all.into_iter().rev().collect()
}

/// White space as Go has it.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace()
}

fn chomp(text: &str) -> String {
    let end = text.trim_end_matches(['\r', '\n']).len();
    text[..end].to_owned()
}

fn trim(call: &Call, _: &mut Context<'_>) -> Outcome {
    let (text, set) = (call.text(0).unwrap_or_default(), call.text(1).unwrap_or_default());
    Ok(string(text.trim_matches(|letter| set.contains(letter)).to_owned()))
}

fn trim_prefix(call: &Call, _: &mut Context<'_>) -> Outcome {
    let (text, prefix) = (call.text(0).unwrap_or_default(), call.text(1).unwrap_or_default());
    Ok(string(text.strip_prefix(prefix).unwrap_or(text).to_owned()))
}

fn trim_suffix(call: &Call, _: &mut Context<'_>) -> Outcome {
    let (text, suffix) = (call.text(0).unwrap_or_default(), call.text(1).unwrap_or_default());
    Ok(string(text.strip_suffix(suffix).unwrap_or(text).to_owned()))
}

fn indent(call: &Call, _: &mut Context<'_>) -> Outcome {
    let width = call.at(0).as_number().and_then(Number::to_i64).ok_or("the number of spaces must be a whole number")?;
    let text = call.text(1).unwrap_or_default();
    let width = usize::try_from(width).map_err(|_| "the number of spaces must not be negative")?;
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    if lines.saturating_mul(width) > MAX_BYTES {
        return Ok(Call::too_large(&Type::String));
    }
    Ok(string(text.replace('\n', &format!("\n{}", " ".repeat(width)))))
}

fn substring(call: &Call, _: &mut Context<'_>) -> Outcome {
    let whole = |index: usize| call.at(index).as_number().and_then(Number::to_i64).ok_or("a whole number is required");
    let (offset, length) = (whole(1)?, whole(2)?);
    let text = call.text(0).unwrap_or_default();
    let all: Vec<&str> = characters(text).collect();
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let start = if offset < 0 { offset.saturating_add(count) } else { offset };
    if length == 0 || start >= count {
        return Ok(Value::string(""));
    }
    // An offset before the start counts as no offset.
    let start = usize::try_from(start).unwrap_or(0);
    let kept = all.into_iter().skip(start);
    Ok(string(match usize::try_from(length) {
        Ok(length) => kept.take(length).collect(),
        Err(_) => kept.collect(),
    }))
}

// ---- texts that are partly known

fn text_value(call: &Call, text: Text) -> Value {
    Value::some_string(text, call.cause())
}

/// Letter by letter where the text is known; holes lose the letters of `gone`.
fn mapped(call: &Call, operation: fn(&str) -> String, gone: Option<&str>) -> Outcome {
    let text = call.at(0).text();
    let gone = gone.and_then(|gone| Pattern::new(gone).ok());
    let pieces = text.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) => Piece::Literal(operation(text).into()),
        Piece::Hole(hole) => {
            let is_unchanged = gone.as_ref().is_some_and(|gone| {
                Text::hole(hole.clone()).matches(gone) == Tri::Never && is_ascii(&Text::hole(hole.clone()))
            });
            match (&hole.shape, &gone) {
                _ if is_unchanged => Piece::Hole(hole.clone()),
                (Shape::OneOf(all), _) => {
                    let all: Vec<Arc<str>> = all.iter().map(|one| operation(one).into()).collect();
                    Piece::Hole(Hole::new(Shape::OneOf(all.into())))
                }
                (_, Some(gone)) => Piece::Hole(Hole::new(Shape::Any).with(Arc::clone(gone), false)),
                _ => Piece::Hole(Hole::new(Shape::Any)),
            }
        }
    });
    Ok(text_value(call, Text::of(pieces)))
}

fn is_ascii(text: &Text) -> bool {
    Pattern::new("[^\\x00-\\x7f]").is_ok_and(|other| text.matches(&other) == Tri::Never)
}

fn some_trimmed_space(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.at(0).text();
    // More characters than the ASCII ones count as space.
    let edges = Pattern::new("^(?:\\s|[^\\x00-\\x7f]|\\x0b)|(?:\\s|[^\\x00-\\x7f]|\\x0b)$").ok();
    if edges.as_ref().is_some_and(|edges| text.matches(edges) == Tri::Never) {
        return Ok(call.at(0).clone());
    }
    let mut pieces: Vec<Piece> = text.pieces().to_vec();
    trim_edge(&mut pieces, 0, |text| text.trim_start_matches(is_space).to_owned());
    let last = pieces.len().saturating_sub(1);
    trim_edge(&mut pieces, last, |text| text.trim_end_matches(is_space).to_owned());
    if let [Piece::Hole(_)] = pieces.as_slice() {
        let space = Pattern::new("^\\s|\\s$").ok();
        let any = Hole::new(Shape::Any);
        let hole = space.map_or_else(|| any.clone(), |space| any.clone().with(space, false));
        return Ok(text_value(call, Text::hole(hole)));
    }
    Ok(text_value(call, Text::of(pieces)))
}

/// Trims the piece at an end of a text; all of it is open where trimming may go on in the next piece.
fn trim_edge(pieces: &mut Vec<Piece>, at: usize, trim: impl Fn(&str) -> String) {
    let open = || Piece::Hole(Hole::new(Shape::Any));
    match pieces.get(at) {
        Some(Piece::Literal(text)) => {
            let trimmed = trim(text);
            if trimmed.is_empty() {
                *pieces = vec![open()];
            } else {
                pieces[at] = Piece::Literal(trimmed.into());
            }
        }
        Some(Piece::Hole(_)) if pieces.len() == 1 => pieces[at] = open(),
        Some(Piece::Hole(_)) => {
            // The hole may be nothing but what is trimmed, and then its neighbour is trimmed as well.
            let neighbour = if at == 0 { 1 } else { at - 1 };
            let is_safe =
                matches!(&pieces[neighbour], Piece::Literal(text) if trim(text) == **text && !text.is_empty());
            if is_safe {
                pieces[at] = open();
            } else {
                *pieces = vec![open()];
            }
        }
        None => {}
    }
}

fn some_chomped(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.at(0).text();
    let ends = Pattern::new("[\\r\\n]$").ok();
    if ends.is_some_and(|ends| text.matches(&ends) == Tri::Never) {
        return Ok(call.at(0).clone());
    }
    let mut pieces: Vec<Piece> = text.pieces().to_vec();
    let last = pieces.len().saturating_sub(1);
    trim_edge(&mut pieces, last, chomp);
    Ok(text_value(call, Text::of(pieces)))
}

fn some_trimmed(call: &Call, _: &mut Context<'_>) -> Outcome {
    let Some(set) = call.text(1) else { return Ok(call.some(&Type::String)) };
    let text = call.at(0).text();
    let trimmed = |letter: char| set.contains(letter);
    let class: String = set.chars().map(|letter| format!("\\x{{{:x}}}", u32::from(letter))).collect();
    if set.is_empty() {
        return Ok(call.at(0).clone());
    }
    let edges = Pattern::new(&format!("\\A[{class}]|[{class}]\\z")).ok();
    if edges.is_some_and(|edges| text.matches(&edges) == Tri::Never) {
        return Ok(call.at(0).clone());
    }
    let mut pieces: Vec<Piece> = text.pieces().to_vec();
    trim_edge(&mut pieces, 0, |text| text.trim_start_matches(trimmed).to_owned());
    let last = pieces.len().saturating_sub(1);
    trim_edge(&mut pieces, last, |text| text.trim_end_matches(trimmed).to_owned());
    Ok(text_value(call, Text::of(pieces)))
}

fn some_without_prefix(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.at(0).text();
    let Some(prefix) = call.text(1) else { return Ok(call.some(&Type::String)) };
    if prefix.is_empty() {
        return Ok(call.at(0).clone());
    }
    if let Some(rest) = text.prefix().strip_prefix(prefix) {
        let first = Piece::Literal(rest.into());
        return Ok(text_value(call, Text::of([first].into_iter().chain(text.pieces().iter().skip(1).cloned()))));
    }
    if text.relates(prefix, Anchors::Start) == Tri::Never {
        return Ok(call.at(0).clone());
    }
    // What follows the first hole is kept, where the prefix ends inside it for sure.
    match text.pieces() {
        [Piece::Hole(_), rest @ ..] if !rest.is_empty() && is_within_first(&text, prefix) => {
            Ok(text_value(call, Text::of([Piece::Hole(Hole::new(Shape::Any))].into_iter().chain(rest.iter().cloned()))))
        }
        _ => Ok(call.some(&Type::String)),
    }
}

fn is_within_first(text: &Text, prefix: &str) -> bool {
    // The literal after the hole shares no character with the prefix, so the prefix cannot reach into it.
    matches!(text.pieces().get(1), Some(Piece::Literal(next)) if next.chars().next().is_some_and(|next| !prefix.contains(next)))
}

fn some_without_suffix(call: &Call, _: &mut Context<'_>) -> Outcome {
    let text = call.at(0).text();
    let Some(suffix) = call.text(1) else { return Ok(call.some(&Type::String)) };
    if suffix.is_empty() {
        return Ok(call.at(0).clone());
    }
    if let Some(rest) = text.suffix().strip_suffix(suffix) {
        let last = Piece::Literal(rest.into());
        let before = text.pieces().len().saturating_sub(1);
        return Ok(text_value(call, Text::of(text.pieces().iter().take(before).cloned().chain([last]))));
    }
    if text.relates(suffix, Anchors::End) == Tri::Never {
        return Ok(call.at(0).clone());
    }
    match text.pieces() {
        [before @ .., Piece::Literal(last), Piece::Hole(_)]
            if last.chars().last().is_some_and(|last| !suffix.contains(last)) =>
        {
            let kept =
                before.iter().cloned().chain([Piece::Literal(Arc::clone(last)), Piece::Hole(Hole::new(Shape::Any))]);
            Ok(text_value(call, Text::of(kept)))
        }
        _ => Ok(call.some(&Type::String)),
    }
}

fn some_indented(call: &Call, context: &mut Context<'_>) -> Outcome {
    let range = call.at(0).number_range();
    if !range.integer || !range.is_non_negative() {
        context.doubt.raise();
    }
    let text = call.at(1).text();
    let Some(width) = call.at(0).as_number().and_then(Number::to_usize) else {
        return Ok(call.some(&Type::String));
    };
    let newline = Pattern::new("\\n").ok();
    let pieces = text.pieces().iter().map(|piece| match piece {
        Piece::Literal(text) if width <= 1000 => {
            Piece::Literal(text.replace('\n', &format!("\n{}", " ".repeat(width))).into())
        }
        Piece::Hole(hole)
            if newline.as_ref().is_some_and(|newline| Text::hole(hole.clone()).matches(newline) == Tri::Never) =>
        {
            piece.clone()
        }
        _ => Piece::Hole(Hole::new(Shape::Any)),
    });
    Ok(text_value(call, Text::of(pieces)))
}

fn some_substring(call: &Call, context: &mut Context<'_>) -> Outcome {
    let number = |index: usize| call.at(index).as_number();
    for value in [call.at(1), call.at(2)] {
        if value.as_number().map_or_else(|| !value.number_range().integer, |number| number.to_i64().is_none()) {
            context.doubt.raise();
        }
    }
    let (offset, length) = (number(1).and_then(Number::to_usize), number(2).and_then(Number::to_usize));
    let text = call.at(0).text();
    // Within the literal that the text begins with; a mark at the start of the next piece could join its last character.
    if let (Some(offset), Some(length)) = (offset, length)
        && text.prefix().is_ascii()
        && offset.saturating_add(length) < text.prefix().len()
        && !text.prefix().contains('\r')
    {
        return Ok(Value::string(&text.prefix()[offset..offset + length]));
    }
    if length == Some(0) {
        return Ok(Value::string(""));
    }
    // From the start of the text on: the literal part stays.
    if let (Some(0), Some(length)) = (offset, length)
        && let Some(all) = text.prefix().is_ascii().then(|| text.prefix())
        && length > all.len()
        && !all.is_empty()
        && !all.contains('\r')
    {
        let kept = Arc::from(&all[..all.len() - 1]);
        return Ok(text_value(call, Text::of([Piece::Literal(kept), Piece::Hole(Hole::new(Shape::Any))])));
    }
    Ok(call.some(&Type::String))
}

fn join(call: &Call, context: &mut Context<'_>) -> Outcome {
    let separator = call.at(0);
    if call.arguments.len() < 2 && call.rest.is_none() {
        return Err("`join` needs a list".to_owned());
    }
    if call.rest.is_some() {
        context.doubt.raise();
        return Ok(call.some(&Type::String));
    }
    let mut texts: Vec<Text> = Vec::new();
    let mut is_open = false;
    let mut literals: Vec<Arc<str>> = Vec::new();
    for list in &call.arguments[1..] {
        match list.as_sequence() {
            Some(elements) => {
                if elements.iter().any(Value::is_null) {
                    return Err("an element of the list is null and cannot be joined".to_owned());
                }
                if elements.iter().any(|element| element.nullable) {
                    context.doubt.raise();
                }
                texts.extend(elements.iter().map(Value::text));
            }
            None => {
                is_open |= list.length().max != Some(0);
                if list.element().is_some_and(|element| element.may_be_null()) {
                    context.doubt.raise();
                }
                let known = list.refinement().map(|known| known.contains.clone()).unwrap_or_default();
                literals.extend(known.iter().filter_map(|one| one.as_string().cloned()));
            }
        }
    }
    if is_open {
        // Known elements are somewhere in the result.
        let mut hole = Hole::new(Shape::Any);
        literals.extend(texts.iter().filter_map(Text::as_literal));
        for literal in literals.iter().filter(|literal| !literal.is_empty()).take(4) {
            hole = hole.with(Pattern::literal(literal, Anchors::None), true);
        }
        return Ok(text_value(call, Text::hole(hole)));
    }
    let between = separator.text();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut size = 0;
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            pieces.extend(between.pieces().iter().cloned());
        }
        pieces.extend(text.pieces().iter().cloned());
        size += known_bytes(text) + known_bytes(&between);
        if size > MAX_BYTES {
            return Ok(Call::too_large(&Type::String));
        }
    }
    Ok(text_value(call, Text::of(pieces)))
}

fn split(call: &Call, _: &mut Context<'_>) -> Outcome {
    let (separator, text) = (call.text(0).unwrap_or_default(), call.text(1).unwrap_or_default());
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|letter| string(letter.to_string())).collect()
    } else {
        text.split(separator).map(Value::string).collect()
    };
    if parts.len() > super::call::MAX_ELEMENTS {
        return Ok(Call::too_large(&Type::list(Type::String)));
    }
    Ok(Value::list(Type::String, parts))
}

fn some_split(call: &Call, _: &mut Context<'_>) -> Outcome {
    let mut refinement = Refinement::new(call.cause());
    refinement.element = Some(call.some(&Type::String));
    let Some(separator) = call.text(0).filter(|separator| !separator.is_empty()) else {
        // An empty separator gives an empty list for an empty text.
        return Ok(Value::unknown(Type::list(Type::String), refinement));
    };
    let text = call.at(1).text();
    let holes_lack_it = separator.len() == 1
        && text.pieces().iter().all(|piece| match piece {
            Piece::Literal(_) => true,
            Piece::Hole(hole) => Text::hole(hole.clone()).relates(separator, Anchors::None) == Tri::Never,
        });
    if holes_lack_it {
        let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
        for piece in text.pieces() {
            match piece {
                Piece::Literal(literal) => {
                    for (index, part) in literal.split(separator).enumerate() {
                        if index > 0 {
                            parts.push(Vec::new());
                        }
                        if let Some(last) = parts.last_mut() {
                            last.push(Piece::Literal(part.into()));
                        }
                    }
                }
                Piece::Hole(_) => {
                    if let Some(last) = parts.last_mut() {
                        last.push(piece.clone());
                    }
                }
            }
        }
        let parts = parts.into_iter().map(|part| text_value(call, Text::of(part)));
        return Ok(Value::list(Type::String, parts.collect()));
    }
    let known = text.pieces().iter().map(|piece| match piece {
        Piece::Literal(literal) => literal.matches(separator).count() as u64,
        Piece::Hole(_) => 0,
    });
    // Occurrences that overlap with what a hole holds may be counted differently for longer separators.
    let known: u64 = if separator.len() == 1 { known.sum() } else { 0 };
    let contains = separator.len() == 1 || text.pieces().len() == 1;
    let least = if contains && text.relates(separator, Anchors::None) == Tri::Always { 2 } else { 1 };
    refinement.length = Length { min: (known + 1).max(least), max: None };
    let part = Text::any().narrow(&Pattern::literal(separator, Anchors::None), false);
    refinement.element = Some(text_value(call, part));
    Ok(Value::unknown(Type::list(Type::String), refinement))
}

fn relates(call: &Call, anchors: Anchors) -> Value {
    let (text, wanted) = (call.at(0), call.at(1));
    let answer = match wanted.as_string() {
        Some(wanted) => text.text().relates(wanted, anchors).known(),
        None => {
            // What is looked for holds a literal that is nowhere in the text.
            let wanted = wanted.text();
            let literals = wanted.pieces().iter().filter_map(|piece| match piece {
                Piece::Literal(literal) => Some(literal),
                Piece::Hole(_) => None,
            });
            let mut literals = literals;
            let never = literals.any(|literal| text.text().relates(literal, Anchors::None) == Tri::Never);
            let is_same = text.symbol.is_some() && text.symbol == call.at(1).symbol;
            if is_same { Some(true) } else { never.then_some(false) }
        }
    };
    Value::tri(answer, || call.cause())
}
