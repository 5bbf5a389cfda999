//! What people and tools find beside the operations: the page, the guides, the document in its forms.

use serde_json::Value;

use crate::support::App;

#[tokio::test]
async fn the_address_itself_says_where_everything_is() {
    let app = App::start().await;
    let root = app.get("", "/").await;
    assert_eq!((root.status, root.body["document"].as_str()), (200, Some("/openapi.json")));
    assert!(root.header("link").contains("</openapi.json>; rel=\"service-desc\""));
    let reader = app.ask("GET", "", "/").header("Accept", "text/html,*/*;q=0.8").send().await;
    assert_eq!((reader.status, reader.header("content-security-policy").contains("default-src 'self'")), (200, true), "led to the page");
    let page = app.get("", "/docs/").await;
    assert!(page.text.contains("name=\"viewport\""));
    for file in ["page.js", "page.css", "swagger-ui.css", "swagger-ui-bundle.js", "for-app-makers.vi.html", "for-the-liaison-system.en.html"] {
        let got = app.get("", &format!("/docs/{file}")).await;
        assert_eq!((got.status, got.bytes.is_empty(), got.header("content-encoding")), (200, false, ""), "{file}");
        let again = app.ask("GET", "", &format!("/docs/{file}")).header("If-None-Match", got.header("etag")).send().await;
        assert_eq!(again.status, 304, "{file}");
    }
    for path in ["/", "/docs", "/health/live", "/health/ready", "/.well-known/jwks.json", "/openapi-3.0.json"] {
        let head = app.ask("HEAD", "", path).send().await;
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(app.ask("POST", "", path).send().await.problem().1, "not_found", "{path}");
    }
    assert_eq!(app.get("", "/docs/nothing").await.problem().1, "not_found");
}

#[tokio::test]
async fn the_document_comes_whole_in_part_older_and_in_one_language() {
    let app = App::start().await;
    let whole = app.get("", "/openapi.json").await;
    let head = app.ask("HEAD", "", "/openapi.json").send().await;
    assert_eq!((head.status, head.header("etag")), (200, whole.header("etag")));
    let summary = |document: &Value| document["paths"]["/v1/sign-ups"]["get"]["summary"].as_str().unwrap().to_owned();
    let of = async |query: &str| app.get("", query).await.expect(200);
    let (vi, en) = (of("/openapi.json?lang=vi").await, of("/openapi.json?lang=en").await);
    assert_eq!(summary(&whole.body), format!("{} ({})", summary(&en), summary(&vi)));
    assert!(vi["info"]["description"].as_str().unwrap().starts_with("API để Ủy ban nhân dân xã"));
    let part = of("/openapi.json?tags=sign-ups,activities&lang=vi").await;
    let operations = part["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let tags: std::collections::BTreeSet<&str> = operations.map(|operation| operation["tags"][0].as_str().unwrap()).collect();
    assert_eq!(tags.into_iter().collect::<Vec<_>>(), ["activities", "sign_ups"]);
    let schemas = part["components"]["schemas"].as_object().unwrap();
    assert!(schemas.contains_key("SignUp") && !schemas.contains_key("Reward"));
    assert_eq!(part["paths"]["/v1/sign-ups"]["get"], vi["paths"]["/v1/sign-ups"]["get"]);
    for (query, at) in [("tags=nix", "?tags"), ("lang=fr", "?lang"), ("x=1", "?x")] {
        assert_eq!(app.get("", &format!("/openapi.json?{query}")).await.problem().2, at, "{query}");
    }
    for document in [&part, &of("/openapi-3.0.json").await, &of("/openapi-3.0.json?tags=rewards").await] {
        refers(document, document);
    }
    older(&of("/openapi-3.0.json").await, "");
}

/// What is referred to is there.
fn refers(document: &Value, value: &Value) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
            }
            map.values().for_each(|inner| refers(document, inner));
        }
        Value::Array(items) => items.iter().for_each(|inner| refers(document, inner)),
        _ => {}
    }
}

/// Nothing of OpenAPI 3.1 is left.
fn older(value: &Value, at: &str) {
    match value {
        Value::Object(map) if !at.ends_with("/example") && !at.ends_with("/examples") => {
            let is_fields = at.ends_with("/properties");
            assert!(is_fields || !map.get("type").is_some_and(|kind| kind.is_array() || kind == "null"), "{at}");
            assert!(is_fields || !map.contains_key("$ref") || map.len() == 1, "{at}");
            assert!(is_fields || !map.get("exclusiveMinimum").is_some_and(Value::is_number), "{at}");
            map.iter().for_each(|(name, inner)| older(inner, &format!("{at}/{name}")));
        }
        Value::Array(items) => items.iter().for_each(|inner| older(inner, at)),
        _ => {}
    }
}
