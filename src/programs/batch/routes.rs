//! From a path to its operation: what the HTTP router does for requests, for the operations of a batch.

use crate::web::operation::{Kind, Operation, Room};

/// The operation that a method and path reach, with the path's variables. Only writes that take a retry key can be part
/// of a batch: reads have no need, what answers secrets is asked for alone, and a file is no JSON.
pub fn find(rooms: &'static [Room], method: &str, path: &str) -> Option<(&'static Operation, Vec<String>)> {
    let mut best: Option<(&'static Operation, Vec<String>)> = None;
    for operation in rooms.iter().flat_map(|room| &room.operations).filter(|operation| operation.method.name() == method && can_be_part(operation)) {
        let Some(variables) = matches(&operation.path, path) else { continue };
        // A fixed segment goes before a variable one.
        if best.as_ref().is_none_or(|(_, others)| variables.len() < others.len()) {
            best = Some((operation, variables));
        }
    }
    best
}

fn can_be_part(operation: &Operation) -> bool {
    !operation.is_file() && matches!(operation.kind, Kind::Create | Kind::Put | Kind::Update | Kind::Act(_) | Kind::Write { secret: false })
}

fn matches(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    let mut variables = vec![];
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(variables),
            (Some(expected), Some(segment)) if expected.starts_with('{') && !segment.is_empty() => variables.push(segment.to_owned()),
            (Some(expected), Some(segment)) if expected == segment => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_request_would_reach() {
        let found = |method: &str, path: &str| find(crate::app::rooms(), method, path).map(|(operation, variables)| (operation.id.as_str(), variables));
        assert_eq!(found("POST", "/v1/sign-ups"), Some(("create_sign_up", vec![])));
        assert_eq!(found("POST", "/v1/sign-ups/7/actions/check_in"), Some(("check_in_sign_up", vec!["7".to_owned()])));
        assert_eq!(found("PATCH", "/v1/hamlets/7"), Some(("update_hamlet", vec!["7".to_owned()])));
        for (method, path) in [("POST", "/v1/auth/login"), ("POST", "/v1/batch"), ("PATCH", "/v1/hamlets/"), ("POST", "/v1/hamlets/7"), ("POST", "v1/hamlets")]
        {
            assert_eq!(found(method, path), None, "{method} {path}");
        }
    }
}
