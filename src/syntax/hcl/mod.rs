//! HCL native syntax: a lossless lexer and a recovering parser of our own. Spans are bytes of the text that was parsed.

mod body;
mod decode;
mod explain;
mod expression;
mod lexer;
mod parser;
mod recovery;
mod template;
mod token;
mod tree;
mod view;

pub use parser::MAX_DEPTH;
pub use token::{Token, TokenKind, Tokens};
pub use tree::{
    Attribute, AttributeId, BinaryOperator, Block, BlockId, Body, BodyId, Expr, ExprId, ExprKind, ForDirective,
    ForExpr, IfDirective, Item, List, Quoting, Tree, UnaryOperator,
};
pub use view::{AttributeView, BlockView, BodyView, Document, ExprView, ItemView};

/// Parses a configuration file, a variables file or a test file. Never fails: what is wrong is in `errors`.
#[must_use]
pub fn parse(source: &[u8]) -> Tree {
    let tokens = lexer::lex(source);
    let size = tokens.len();
    let tree = Tree {
        exprs: Vec::with_capacity(size / 2),
        children: Vec::with_capacity(size / 4),
        items: Vec::with_capacity(size / 8),
        attributes: Vec::with_capacity(size / 8),
        bodies: Vec::with_capacity(size / 32 + 4),
        blocks: Vec::with_capacity(size / 32 + 4),
        labels: Vec::with_capacity(size / 16 + 4),
        tokens,
        ..Tree::default()
    };
    parser::Parser::new(source, tree).parse()
}
