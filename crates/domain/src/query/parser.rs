//! Reads the text of a query into a tree. What the names mean, and whether values suit them, is
//! checked in clause.rs.

use super::clause::{Clause, Operator};
use super::error::Malformed;
use super::node::Node;
use super::value::Value;

/// The contract asks for fewer than 2048 characters.
pub const QUERY_CHARS_MAX: usize = 2_047;

/// Groups within each other. People nest two or three; the bound keeps a hostile query from
/// exhausting the stack.
pub const GROUP_DEPTH_MAX: usize = 32;

/// What ends a value that is not quoted.
const VALUE_ENDS: [&str; 4] = ["&&", "||", "{", "}"];

/// Characters of a query that its error repeats.
const EXCERPT_CHARS_MAX: usize = 60;

/// Reads a whole query; nothing but spaces asks for everything.
pub(super) fn parse(text: &str) -> Result<Node, Malformed> {
    if text.chars().count() > QUERY_CHARS_MAX {
        return Err(Malformed::TooLong);
    }
    let mut parser = Parser { rest: text.trim(), depth: 0 };
    if parser.rest.is_empty() {
        return Ok(Node::EVERYTHING);
    }
    let node = parser.any()?;
    match parser.rest.trim_start() {
        "" => Ok(node),
        rest => Err(Malformed::Unexpected(excerpt(rest))),
    }
}

/// Whether a value may begin like this without quotes. A leading operator is refused rather than
/// taken for text, since `a==b` is a slip more often than a wish.
pub(super) fn starts_plain_value(text: &str) -> bool {
    text.starts_with(|first: char| !first.is_whitespace() && !"\"=~<>".contains(first))
}

/// Whether all of `text`, with nothing trimmed, is read as one value without quotes.
pub(super) fn ends_plain_value(text: &str) -> bool {
    value_end(text) == text.len() && !text.ends_with(char::is_whitespace)
}

fn value_end(text: &str) -> usize {
    VALUE_ENDS.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len())
}

fn excerpt(text: &str) -> Box<str> {
    text.trim().chars().take(EXCERPT_CHARS_MAX).collect::<String>().into_boxed_str()
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Node, Malformed> {
        let mut nodes = vec![self.all()?];
        while self.eat("||") {
            nodes.push(self.all()?);
        }
        Ok(Node::any(nodes))
    }

    fn all(&mut self) -> Result<Node, Malformed> {
        let mut nodes = vec![self.term()?];
        while self.eat("&&") {
            nodes.push(self.term()?);
        }
        Ok(Node::all(nodes))
    }

    fn term(&mut self) -> Result<Node, Malformed> {
        if self.eat("{") { self.group() } else { self.clause().map(Node::Clause) }
    }

    fn group(&mut self) -> Result<Node, Malformed> {
        if self.depth == GROUP_DEPTH_MAX {
            return Err(Malformed::TooDeep);
        }
        self.depth = self.depth.saturating_add(1);
        let node = self.any()?;
        self.depth = self.depth.saturating_sub(1);
        match self.rest.trim_start() {
            _ if self.eat("}") => Ok(node),
            "" => Err(Malformed::OpenGroup),
            rest => Err(Malformed::Unexpected(excerpt(rest))),
        }
    }

    fn clause(&mut self) -> Result<Clause, Malformed> {
        let no_operator = Malformed::NoOperator(excerpt(self.rest));
        let clause_end = value_end(self.rest);
        let name_end = self.rest.find(['=', '!', '~', '>', '<']).filter(|end| *end < clause_end);
        let Some((name, rest)) = name_end.and_then(|end| self.rest.split_at_checked(end)) else {
            return Err(no_operator);
        };
        let property: Box<str> = name.trim().into();
        let operator = Operator::ALL
            .into_iter()
            .find_map(|operator| rest.strip_prefix(operator.as_str()).map(|rest| (operator, rest)));
        let Some((operator, rest)) = operator else {
            return Err(Malformed::LoneExclamationMark(property));
        };
        if property.is_empty() {
            return Err(Malformed::NoProperty(operator.as_str()));
        }
        self.rest = rest.trim_start();
        let value = match self.rest.strip_prefix('"') {
            Some(quoted) => self.quoted_value(quoted)?,
            None => self.plain_value().ok_or_else(|| Malformed::NoValue {
                property: property.clone(),
                operator: operator.as_str(),
            })?,
        };
        Ok(Clause { property, operator, value })
    }

    fn plain_value(&mut self) -> Option<Value> {
        let (text, rest) = self.rest.split_at_checked(value_end(self.rest))?;
        if !starts_plain_value(text) {
            return None;
        }
        self.rest = rest;
        Some(Value::new(text.trim_end()))
    }

    fn quoted_value(&mut self, quoted: &'a str) -> Result<Value, Malformed> {
        let mut text = String::new();
        let mut letters = quoted.chars();
        loop {
            match letters.next().ok_or(Malformed::OpenQuote)? {
                '"' => break,
                '\\' => match letters.next().ok_or(Malformed::OpenQuote)? {
                    escaped @ ('"' | '\\') => text.push(escaped),
                    other => return Err(Malformed::UnknownEscape(other)),
                },
                letter => text.push(letter),
            }
        }
        self.rest = letters.as_str();
        Ok(Value::new(&text))
    }

    /// Steps over `token` and the spaces before it, if it comes next.
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_in_one_canonical_form() {
        for (text, canonical) in [
            ("", ""),
            ("  ", ""),
            ("name = Acme", "name=Acme"),
            ("amount>=100&&amount<200", "amount>=100&&amount<200"),
            ("a!=1 && a != 2&& a!= 3", "a!=1&&a!=2&&a!=3"),
            ("a=1||b=2&&c=3", "a=1||b=2&&c=3"),
            ("{a=1||b=2}&&c=3", "{a=1||b=2}&&c=3"),
            ("{{a=1}} || { b=2 && {c=3} }", "a=1||b=2&&c=3"),
            ("metadata.isDeleted!=true", "metadata.isDeleted!=true"),
            ("name = Smith & Sons | Co", "name=Smith & Sons | Co"),
            ("name=a=b", "name=a=b"),
            ("name=\"a && {b}\"", "name=\"a && {b}\""),
            ("name=\"plain\"", "name=plain"),
            ("name=\"\"", "name=\"\""),
            ("name=\" spaced \"", "name=\" spaced \""),
            ("name=\"she said \\\"no\\\" \\\\\"", "name=she said \"no\" \\"),
            ("name=\"=x\"", "name=\"=x\""),
            ("name=5\" pipe", "name=5\" pipe"),
            ("a=x& &&b=1", "a=x& &&b=1"),
            ("a=x| ||b=1", "a=x| ||b=1"),
            ("{a=x|} || b=1", "a=x| ||b=1"),
            ("a=1&&&b=2", "a=1&&&b=2"),
            ("name = !ready", "name=!ready"),
            ("naïve ~ café", "naïve~café"),
        ] {
            assert_eq!(parse(text).map(|node| node.print()), Ok(canonical.to_owned()), "{text}");
        }
    }

    #[test]
    fn slips_are_named() {
        for (text, message) in [
            ("name", "no operator in \"name\""),
            ("a && b=1", "no operator in \"a && b=1\""),
            ("a=1 &&", "no operator in \"\""),
            ("{}", "no operator in \"}\""),
            ("||", "no operator in \"||\""),
            ("a!b", "'!' without '=' after \"a\""),
            (" = 1", "no property before \"=\""),
            ("a=", "no value after a="),
            ("a=&&b=1", "no value after a="),
            ("a==1", "no value after a="),
            ("a>=<1", "no value after a>="),
            ("a=\"x", "quote is not closed"),
            ("a=\"x\\\"", "quote is not closed"),
            ("a=\"\\n\"", "unknown escape \\n"),
            ("a=\"x\" y", "unexpected \"y\""),
            ("{a=1", "group is not closed"),
            ("{a=1 && b=2", "group is not closed"),
            ("a=1}", "unexpected \"}\""),
            ("a=1{b=2}", "unexpected \"{b=2}\""),
            ("{a=1} b=2", "unexpected \"b=2\""),
            ("{{a=1} b=2}", "unexpected \"b=2}\""),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        let longest = format!("name={}", "é".repeat(QUERY_CHARS_MAX - "name=".len()));
        assert!(parse(&longest).is_ok());
        assert_eq!(parse(&format!("{longest}é")), Err(Malformed::TooLong));
    }

    #[test]
    fn groups_nest_up_to_a_bound() {
        let nested = |depth| format!("{}a=1{}", "{".repeat(depth), "}".repeat(depth));
        assert!(parse(&nested(GROUP_DEPTH_MAX)).is_ok());
        assert_eq!(parse(&nested(GROUP_DEPTH_MAX + 1)), Err(Malformed::TooDeep));
        assert_eq!(parse(&"{".repeat(QUERY_CHARS_MAX)), Err(Malformed::TooDeep));
        let side_by_side = vec!["{a=1||b=2}"; 100].join("&&");
        assert!(parse(&side_by_side).is_ok());
    }
}
