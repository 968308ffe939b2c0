//! A query as a tree, in one form only: no `All` directly within an `All`, no `Any` within an
//! `Any`, none of one element. So what prints alike is alike.

use super::clause::Clause;
use super::parser::{ends_plain_value, starts_plain_value};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Clause(Clause),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Node {
    /// What the empty query asks for.
    pub(super) const EVERYTHING: Self = Self::All(Vec::new());

    pub(super) fn all(nodes: Vec<Self>) -> Self {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::All(inner) => inner,
            other @ (Self::Clause(_) | Self::Any(_)) => vec![other],
        });
        only_or(flat.collect(), Self::All)
    }

    pub(super) fn any(nodes: Vec<Self>) -> Self {
        let flat = nodes.into_iter().flat_map(|node| match node {
            Self::Any(inner) => inner,
            other @ (Self::Clause(_) | Self::All(_)) => vec![other],
        });
        only_or(flat.collect(), Self::Any)
    }

    /// Whether the tree is true when its clauses are what `is_true` says.
    pub(super) fn holds(&self, is_true: &impl Fn(&Clause) -> bool) -> bool {
        match self {
            Self::Clause(clause) => is_true(clause),
            Self::All(nodes) => nodes.iter().all(|node| node.holds(is_true)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(is_true)),
        }
    }

    /// Visits the clauses from left to right, up to the first that is refused.
    pub(super) fn try_each<E>(
        &mut self,
        visit: &mut impl FnMut(&mut Clause) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Clause(clause) => visit(clause),
            Self::All(nodes) | Self::Any(nodes) => {
                nodes.iter_mut().try_for_each(|node| node.try_each(visit))
            }
        }
    }

    /// The shortest text of this tree: never longer than one it was read from, so that it stays
    /// within the limits.
    pub(super) fn print(&self) -> String {
        let mut out = String::new();
        self.print_to(&mut out);
        out
    }

    fn print_to(&self, out: &mut String) {
        match self {
            Self::Clause(clause) => print_clause(clause, out),
            Self::All(nodes) => join(nodes, "&&", out, |node, out| match node {
                Self::Any(_) => {
                    out.push('{');
                    node.print_to(out);
                    out.push('}');
                }
                Self::Clause(_) | Self::All(_) => node.print_to(out),
            }),
            Self::Any(nodes) => join(nodes, "||", out, Self::print_to),
        }
    }
}

fn only_or(mut nodes: Vec<Node>, make: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(only) if nodes.is_empty() => only,
        last => {
            nodes.extend(last);
            make(nodes)
        }
    }
}

fn join(nodes: &[Node], joint: &str, out: &mut String, print: impl Fn(&Node, &mut String)) {
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            // A value may end in half a joint: `a=x| ||b=y`.
            if out.chars().last() == joint.chars().next() {
                out.push(' ');
            }
            out.push_str(joint);
        }
        print(node, out);
    }
}

fn print_clause(clause: &Clause, out: &mut String) {
    out.push_str(&clause.property);
    out.push_str(clause.operator.as_str());
    let text = clause.value.text();
    if starts_plain_value(text) && ends_plain_value(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for letter in text.chars() {
        if matches!(letter, '"' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::clause::Operator;
    use super::super::parser::{QUERY_CHARS_MAX, parse};
    use super::super::value::Value;
    use super::*;

    fn any_clause() -> impl Strategy<Value = Node> {
        let name = "[a-zA-Z\"&|é][a-zA-Z.&|]{0,6}".prop_filter("is read as one name", |name| {
            !name.contains("&&") && !name.contains("||")
        });
        let value = prop_oneof!["[-a-zA-Z0-9. ]{0,12}", "[ &|{}\"\\\\=~<>!a]{0,8}", ".{0,8}"];
        (name, prop::sample::select(&Operator::ALL), value).prop_map(|(name, operator, value)| {
            Node::Clause(Clause { property: name.into(), operator, value: Value::new(&value) })
        })
    }

    fn any_node() -> impl Strategy<Value = Node> {
        any_clause().prop_recursive(5, 30, 4, |node| {
            let nodes = prop::collection::vec(node, 1..4);
            prop_oneof![nodes.clone().prop_map(Node::all), nodes.prop_map(Node::any)]
        })
    }

    proptest! {
        #[test]
        fn printing_and_parsing_give_the_same_tree(node in any_node()) {
            let text = node.print();
            prop_assume!(text.chars().count() <= QUERY_CHARS_MAX);
            prop_assert_eq!(parse(&text), Ok(node));
        }

        #[test]
        fn a_text_never_grows_by_reading_and_printing_it(
            text in "([ab]|[=!~<>]|!=|&&|\\|\\||[&|]|[{}]|\"|\\\\| ){0,24}",
        ) {
            if let Ok(node) = parse(&text) {
                let printed = node.print();
                prop_assert!(printed.len() <= text.len(), "{printed:?}");
                prop_assert_eq!(parse(&printed), Ok(node));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,40}", marks in "[a=!~<>&|{}\"\\\\ é]{0,40}") {
            for hostile in [text.clone(), marks.clone(), format!("a={text}&&{marks}")] {
                if let Ok(node) = parse(&hostile) {
                    prop_assert_eq!(parse(&node.print()), Ok(node));
                }
            }
        }

        #[test]
        fn and_binds_tighter_than_or(a: bool, b: bool, c: bool, d: bool) {
            let is_true = |clause: &Clause| match clause.property.as_ref() {
                "a" => a,
                "b" => b,
                "c" => c,
                _ => d,
            };
            let holds = |text: &str| parse(text).unwrap().holds(&is_true);
            prop_assert_eq!(holds("a=1 || b=1 && c=1 || d=1"), a || b && c || d);
            prop_assert_eq!(holds("{a=1 || b=1} && {c=1 || d=1}"), (a || b) && (c || d));
            prop_assert_eq!(holds("a=1 && {b=1 || {c=1 && d=1}}"), a && (b || c && d));
        }
    }
}
