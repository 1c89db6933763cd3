//! The value of a string expression without references, from our tree.

use std::collections::HashMap;

use sprag::syntax::hcl::{ExprKind, ExprView, List};

/// The value of `expr`; nothing where it needs more than strings, truths and lists of strings.
pub(crate) fn evaluate(expr: ExprView<'_>, names: &HashMap<String, String>) -> Option<String> {
    let document = expr.document();
    let all = |list: List, names: &HashMap<String, String>| -> Option<String> {
        expr.list(list).map(|part| evaluate(part, names)).collect()
    };
    match expr.kind() {
        ExprKind::Template { parts, .. } => all(parts, names),
        ExprKind::Literal { .. } => expr.literal_text().map(std::borrow::Cow::into_owned),
        ExprKind::Paren(inner) | ExprKind::Interpolation(inner) => evaluate(document.expression(inner), names),
        ExprKind::Variable => names.get(expr.text()).cloned(),
        ExprKind::IfDirective(_) => {
            let parts = expr.as_if_directive()?;
            let is_true = document.expression(parts.condition).as_bool()?;
            all(if is_true { parts.yes } else { parts.no }, names)
        }
        ExprKind::ForDirective(_) => {
            let parts = expr.as_for_directive()?;
            let mut value = String::new();
            for element in document.expression(parts.collection).elements()? {
                let mut inner = names.clone();
                inner.insert(document.slice(parts.value).to_owned(), evaluate(element, names)?);
                value.push_str(&all(parts.body, &inner)?);
            }
            Some(value)
        }
        _ => None,
    }
}

/// Hand-made string expressions, all valid.
pub(crate) const STRINGS: &[&str] = &[
    r#""""#,
    r#""x""#,
    r#""\n\r\t\"\\""#,
    r#""\\n""#,
    r#""\\\\""#,
    r#""\u0041\u00e9\u4e2d""#,
    r#""\U0001F600""#,
    r#""a\u0000b""#,
    r#""\u000a""#,
    r#""$""#,
    r#""$$""#,
    r#""$$$""#,
    r#""$${x}""#,
    r#""$$${x}""#,
    r#""$$$${x}""#,
    r#""%""#,
    r#""%%""#,
    r#""%%{x}""#,
    r#""%%%{x}""#,
    r#""100%""#,
    r#""%$${x}""#,
    r#""$%%{x}""#,
    r#""$${~ x ~}""#,
    r#""\u0024{x}""#,
    r#""$\u007bx}""#,
    r#""\\${"v"}""#,
    r#""\\$${x}""#,
    r#""$\\{x}""#,
    r#""{x}""#,
    r#""😀 é ""#,
    r#""a ${"b"} c""#,
    r#""a ${~ "b" ~} c""#,
    r#""a \n ${~ "b" ~} \t c""#,
    r#""  ${~ "b" ~}  ""#,
    r#""${"a" ~}  ${~ "b"}""#,
    r#""${"a" ~} \u00a0\u2003x""#,
    r#""x \u00a0\u2003${~ "a"}""#,
    r#""${"a" ~} $ ${~ "b"}""#,
    r#""${"a" ~} $${ ${~ "b"}""#,
    r#""%{ if true } y %{ else } n %{ endif }""#,
    r#""%{ if false ~} y %{~ else ~} n %{~ endif }""#,
    r#""%{ if false } y %{ endif }""#,
    r#""a %{~ if true ~} y %{~ endif ~} b""#,
    r#""%{ for x in ["a", "b"] }<${x}>%{ endfor }""#,
    r#""%{ for x in ["a", "b"] ~} <${x}> %{~ endfor }""#,
    r#""${"${"${"x"}"}"}""#,
    r#""a%{ if true }${"b"}%{ endif }c""#,
    "<<E\nE\n",
    "<<E\nx\nE\n",
    "<<E\n\nE\n",
    "<<E\n\n\nx\n\n\nE\n",
    "<<E\n  x\n y\nE\n",
    "<<E\nx\\n\\\"\\q\\\nE\n",
    "<<E\n$${x} %%{y}\nE\n",
    "<<E\n$\nE\n",
    "<<E\n$\n\nx\nE\n",
    "<<E\nx $\n\n\nE\n",
    "<<E\n%\n\n%\nE\n",
    "<<E\n$$\n$${\nE\n",
    "<<E\n$$${\"v\"}\nE\n",
    "<<E\n${\"v\"}\nE\n",
    "<<E\n  ${\"v\"}  \nE\n",
    "<<E\n  ${~ \"v\" ~}  \nE\n",
    "<<E\nx\n${~ \"v\" ~}\ny\nE\n",
    "<<E\nx\n\n  ${~ \"v\" ~}\n\n  y\nE\n",
    "<<E\nx\r\ny\r\nE\n",
    "<<E\r\nx\r\n\r\ny\r\nE\r\n",
    "<<E\nx\r\n${~ \"v\" ~}\r\ny\nE\n",
    "<<E\nx\n\tE\n",
    "<<E\n\u{feff}x\nE\n",
    "<<E\nx  \n  y\t\nE\n",
    "<<-E\nE\n",
    "<<-E\nx\nE\n",
    "<<-E\n  x\n  E\n",
    "<<-E\n  x\n    y\n  E\n",
    "<<-E\n    x\n  y\nE\n",
    "<<-E\n  x\n\n  y\n  E\n",
    "<<-E\n  x\n \n  y\n  E\n",
    "<<-E\n  x\n      \n  y\n  E\n",
    "<<-E\n\n\n  x\nE\n",
    "<<-E\n\n  \n\nE\n",
    "<<-E\n\tx\n\t\ty\n\tE\n",
    "<<-E\n\tx\n  y\n  E\n",
    "<<-E\n \tx\n\t y\n  E\n",
    "<<-E\n  x\r\n    y\r\n  E\n",
    "<<-E\r\n  x\r\n\r\n    y\r\n  \r\n  E\r\n",
    "<<-E\n  $${x}\n    %%{y}\nE\n",
    "<<-E\n  $\n    %\nE\n",
    "<<-E\n  ${\"v\"}\n    y\nE\n",
    "<<-E\n${\"v\"}\n    y\nE\n",
    "<<-E\n    y\n${\"v\"}\nE\n",
    "<<-E\n    y ${\"v\"}\n      z\nE\n",
    "<<-E\n    ${\"v\"} y\n  z\nE\n",
    "<<-E\n    ${\"v\" ~}\n    y\n  z\nE\n",
    "<<-E\n    ${\"v\" ~}\n\n    y\n  z\nE\n",
    "<<-E\n    ${\"v\" ~} x\n    y\n  z\nE\n",
    "<<-E\n    ${~ \"v\"}\n    y\n  z\nE\n",
    "<<-E\n    x\n${~ \"v\"}\n    y\nE\n",
    "<<-E\n    x\n\n${~ \"v\"}\n    y\nE\n",
    "<<-E\n    x\n    ${~ \"v\" ~}\n    y\nE\n",
    "<<-E\n    x\n  \n    ${~ \"v\" ~}\n  \n    y\nE\n",
    "<<-E\n    %{ if true }\n    y\n    %{ endif }\n  E\n",
    "<<-E\n    %{ if true ~}\n    y\n    %{ endif ~}\n  E\n",
    "<<-E\n    %{~ if true ~}\n    y\n    %{~ endif ~}\n    z\n  E\n",
    "<<-E\n    %{ if false }\n  y\n    %{ else }\n      n\n    %{ endif }\n    z\n  E\n",
    "<<-E\n%{ if true }\n    y\n%{ endif }\n  E\n",
    "<<-E\n    %{ for x in [\"a\", \"b\"] ~}\n    <${x}>\n    %{ endfor ~}\n    z\n  E\n",
    "<<-E\n    %{ for x in [\"a\", \"b\"] }\n      <${x}>\n    %{ endfor }\n  E\n",
    "<<-E\n    a%{ if true }\n      y\n  %{ endif }b\n  E\n",
    "<<-E\n    a\n    %{ if true }%{ if true }\n      y\n    %{ endif }%{ endif }\n  E\n",
    "<<-E\n  \u{a0} x\n    y\nE\n",
    "<<-E\n\u{a0}\u{3000}x\n\u{2003}\u{2003}\u{2003}y\nE\n",
    "<<-E\n  \u{b}x\n    y\nE\n",
    "<<-E\n  é\n    😀\n  E\n",
    "<<-E\n  x\n    E\n",
    "<<-E\n    ${\"a\"}${~ \"b\"}\n    ${\"c\"}\n  E\n",
    "<<-E\n  ${<<-F\n      x\n        y\n      F\n  }\n    z\n  E\n",
    "<<-E\n    x ${\"v\" ~}\n\n\n    y\n  z\nE\n",
    "<<-E\n  x\n  ${\"v\"}${\"w\" ~}   \n   y\nE\n",
    "<<-E\n    ${\"a\" ~}\n    ${~ \"b\"}\n    c\n  E\n",
];
