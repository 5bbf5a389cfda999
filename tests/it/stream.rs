//! The stream: what a sync would give, as it happens, on any instance.

use serde_json::Value;

use crate::support::copy::Copy;
use crate::support::{App, id, json};

/// An open stream, read event by event.
pub struct Stream {
    response: reqwest::Response,
    rest: String,
}

#[derive(Debug)]
pub struct Event {
    pub id: String,
    pub name: String,
    pub data: Value,
}

impl Stream {
    pub async fn open(app: &App, token: &str, resources: &str, last: &str) -> Self {
        let address = format!("http://{}/v1/stream?commune={}&resources={resources}", app.address, id("a"));
        let request = reqwest::Client::new().get(address).bearer_auth(token).header("Last-Event-ID", last).header("Accept-Encoding", "br, gzip");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(response.headers().get("content-encoding").is_none());
        Self { response, rest: String::new() }
    }

    /// The next event; none when the stream is over.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((text, rest)) = self.rest.split_once("\n\n") {
                let (text, rest) = (text.to_owned(), rest.to_owned());
                self.rest = rest;
                if text.starts_with(':') {
                    continue;
                }
                let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
                return Some(Event { id: field("id: "), name: field("event: "), data: serde_json::from_str(&field("data: ")).unwrap() });
            }
            let piece = self.response.chunk().await.unwrap()?;
            self.rest.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }

    /// Applies events to a copy until it holds a row in this state.
    async fn until(&mut self, copy: &mut Copy, kind: &str, row: &str, holds: impl Fn(&Value) -> bool) {
        while !copy.rows.get(&(kind.to_owned(), row.to_owned())).is_some_and(&holds) {
            let event = self.next().await.expect("an event");
            assert_eq!(event.name, "changes", "{}", event.data);
            copy.apply_page(&event.data);
            copy.cursor = Some(event.id);
        }
    }
}

#[tokio::test]
async fn events_come_as_they_happen_and_go_on_where_the_copy_stands() {
    let app = App::start().await;
    let second = app.another().await;
    let officer = app.token("a.officer1").await;
    let hamlet = id("a.ap-1").to_string();
    let set = async |app: &App, population: i64| {
        app.patch(&officer, &format!("/v1/hamlets/{hamlet}"), json!({"population": population})).await.expect(200);
    };
    let mut copy = Copy::new(&officer, &id("a").to_string(), "hamlets,activities");
    let mut stream = Stream::open(&app, &officer, "hamlets,activities", "").await;
    stream.until(&mut copy, "hamlets", &hamlet, |_| true).await;
    // By this instance and by another.
    for (n, writer) in [&app, &second, &app].into_iter().enumerate() {
        let population = 100 + i64::try_from(n).unwrap();
        set(writer, population).await;
        stream.until(&mut copy, "hamlets", &hamlet, |row| row["population"] == population).await;
    }
    // Cut, and taken up on the other instance: what happened in between is there.
    drop(stream);
    set(&app, 200).await;
    app.post(&officer, &format!("/v1/activities/{}/actions/start", id("a.activity1")), json!({})).await.expect(200);
    let last = copy.cursor.clone().unwrap();
    let mut stream = Stream::open(&second, &officer, "hamlets,activities", &last).await;
    stream.until(&mut copy, "hamlets", &hamlet, |row| row["population"] == 200).await;
    stream.until(&mut copy, "activities", &id("a.activity1").to_string(), |row| row["status"] == "in_progress").await;
    // The copy of a stream is the copy of a sync, and its cursor is one.
    let mut synced = Copy::new(&officer, &id("a").to_string(), "hamlets,activities");
    while synced.apply(synced.ask(&app).await) {}
    assert_eq!(copy.rows, synced.rows);
    let delta = app.get(&officer, &format!("/v1/sync?commune={}&resources=hamlets,activities&cursor={}", id("a"), copy.cursor.unwrap())).await.expect(200);
    assert_eq!((delta["changes"].clone(), delta["has_more"].clone()), (json!({}), json!(false)));
}

#[tokio::test]
async fn a_stream_ends_with_the_right_to_listen() {
    let app = App::start().await;
    let (officer, leader, head) = (app.token("a.officer1").await, app.token("a.leader1").await, app.token("a.head1").await);
    // What is wrong with the request is told before the stream begins.
    for (query, status, code) in [
        ("resources=hamlets&cursor=x", 410, "resync_required"),
        ("resources=nothing", 422, "validation_failed"),
        ("resources=hamlets&limit=0", 422, "validation_failed"),
    ] {
        let reply = app.get(&officer, &format!("/v1/stream?{query}")).await;
        assert_eq!((reply.status, reply.problem().1.as_str()), (status, code), "{query}");
    }
    assert_eq!(app.get("", "/v1/stream?resources=hamlets").await.status, 401);
    // A reach that changed: begin anew.
    let mut stream = Stream::open(&app, &head, "activities", "").await;
    assert_eq!(stream.next().await.unwrap().name, "changes");
    let grant = json!({"user_id": id("a.head1"), "role": "observer", "commune_id": id("a")});
    app.post(&officer, "/v1/grants", grant).await.expect(201);
    app.patch(&officer, &format!("/v1/hamlets/{}", id("a.ap-1")), json!({"population": 5})).await.expect(200);
    let event = stream.next().await.unwrap();
    assert_eq!((event.name.as_str(), event.data["code"].as_str().unwrap()), ("resync", "resync_required"));
    assert!(stream.next().await.is_none());
    // An account that was shut: the end, without another row.
    let mut stream = Stream::open(&app, &head, "activities", "").await;
    assert_eq!(stream.next().await.unwrap().name, "changes");
    app.post(&leader, &format!("/v1/users/{}/actions/disable", id("a.head1")), json!({"reason": "Nghỉ"})).await.expect(200);
    let event = stream.next().await.unwrap();
    assert_eq!((event.name.as_str(), event.data["code"].as_str().unwrap()), ("end", "session_revoked"));
    assert!(stream.next().await.is_none());
}

/// A browser's `EventSource` sends no header: a ticket opens the stream, and nothing else.
#[tokio::test]
async fn a_ticket_opens_a_stream_and_nothing_else() {
    let app = App::start().await;
    let (leader, head) = (app.token("a.leader1").await, app.token("a.head1").await);
    let answer = app.ask("POST", &head, "/v1/stream/tickets").send().await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let ticket = answer.body["ticket"].as_str().unwrap();
    assert_eq!(answer.body["expires_in"], 60);
    let address = format!("http://{}/v1/stream?commune={}&resources=hamlets&ticket={ticket}", app.address, id("a"));
    let response = reqwest::get(address).await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
    let mut stream = Stream { response, rest: String::new() };
    let first = stream.next().await.expect("an event");
    assert_eq!(first.name, "changes");
    assert!(!first.data.to_string().contains(ticket));
    // It is no token, and one that is made up or of another kind opens nothing.
    assert_eq!(app.get(ticket, "/v1/hamlets").await.status, 401);
    assert_eq!(app.get("", &format!("/v1/sync?commune={}&resources=hamlets&ticket={ticket}", id("a"))).await.status, 401);
    assert_eq!(app.get("", &format!("/v1/stream?commune={}&resources=hamlets&ticket=x{ticket}", id("a"))).await.problem().0, 401);
    assert_eq!(app.ask("POST", "", "/v1/stream/tickets").send().await.status, 401);
    // The stream ends with the account that got the ticket.
    app.post(&leader, &format!("/v1/users/{}/actions/disable", id("a.head1")), json!({"reason": "Nghỉ"})).await.expect(200);
    assert_eq!(stream.next().await.expect("an end").name, "end");
    assert!(stream.next().await.is_none());
}
