//! `POST /v1/oauth/token` (RFC 6749 section 4.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use uuid::Uuid;

use super::dto::{ApiClient, ApiClientStatus, TokenAnswer, TokenRequest};
use super::{rules, store};
use crate::access::actor::Actor;
use crate::access::keys::Secret;
use crate::access::tokens::{self, ACCESS_TOKEN_LIFE};
use crate::accounts::Attempt;
use crate::clock::local_day;
use crate::error::{Error, Result};
use crate::journal::feeds::ACCOUNTS;
use crate::random;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::operation::Operation;
use crate::web::parameters::{self, Misshapen};
use crate::web::{metrics, table};

/// 256 random bits, with a head by which secret scanners know it.
pub fn new_secret() -> String {
    format!("danvan_cs_{}", random::token(43))
}

pub fn secret_hash(secret: &Secret, client: Uuid, text: &str) -> String {
    secret.mac("api-client-secret", &[client.as_bytes(), text.as_bytes()]).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An error of RFC 6749 section 5.2.
fn refused(status: u16, error: &str, description: &str) -> Result<Answer> {
    let answer = Answer::new(status, json!({"error": error, "error_description": description}))?.header("Cache-Control", "no-store");
    Ok(if status == 401 { answer.header("WWW-Authenticate", "Basic realm=\"danvan\"") } else { answer })
}

/// Statements: throttle, client, throttle again after a success; on a day's first token the write that notes the use.
pub async fn token(call: Call) -> Result<Answer> {
    let pairs = match parameters::parse(&call.body, |_| false) {
        Ok(pairs) => pairs,
        Err(Misshapen::TooMany) => return refused(400, "invalid_request", "there are too many parameters"),
        Err(Misshapen::Twice(_)) => return refused(400, "invalid_request", "a parameter is there twice"),
        Err(Misshapen::Nul(_)) => return refused(400, "invalid_request", "a parameter has a control character"),
    };
    let field = |name: &str| pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()).filter(|value| !value.is_empty());
    let input = TokenRequest { grant_type: field("grant_type"), client_id: field("client_id"), client_secret: field("client_secret"), scope: field("scope") };
    match input.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return refused(400, "unsupported_grant_type", "grant_type is client_credentials"),
        None => return refused(400, "invalid_request", "grant_type is missing"),
    }
    let in_header = call.headers.authorization.as_deref();
    let Some((name, secret)) = (match in_header {
        // One way at a time (section 2.3).
        Some(_) if input.client_secret.is_some() => return refused(400, "invalid_request", "the secret is there twice"),
        Some(header) => basic(header),
        None => input.client_id.zip(input.client_secret),
    }) else {
        return refused(401, "invalid_client", "send the client's id and secret");
    };
    let service = call.service();
    let attempt = Attempt::new(&service.secret, &format!("client:{name}"), call.address);
    let mut connection = service.database.connection().await?;
    attempt.check(&mut connection, call.now).await?;
    let found = match Uuid::parse_str(&name) {
        Ok(id) => store::for_token(&mut connection, id).await?,
        Err(_) => None,
    };
    let today = local_day(call.now);
    let usable = |client: &ApiClient| client.status == ApiClientStatus::Active && today <= client.expires_on;
    let known = found.filter(|client| usable(client) && has_secret(&service.secret, client, &secret));
    let Some(client) = known else {
        attempt.failed(&mut connection, call.now).await?;
        metrics::sign_in_failed();
        tracing::warn!(request_id = %call.request_id, "an API client was refused");
        return refused(401, "invalid_client", "the id or the secret is wrong, or the client is revoked or over");
    };
    attempt.succeeded(&mut connection, call.now).await?;
    drop(connection);
    let scopes = match &input.scope {
        None => client.scopes.clone(),
        Some(wanted) => {
            let operations: Vec<&Operation> = service.rooms.iter().flat_map(|room| &room.operations).collect();
            let wanted: Vec<String> = wanted.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
            if wanted.is_empty() || !wanted.iter().all(|scope| rules::holds(&client.scopes, scope, &operations)) {
                return refused(400, "invalid_scope", "ask for scopes that the client has");
            }
            wanted
        }
    };
    if client.last_used_on != Some(today) {
        note_use(&call, client.id).await?;
    }
    let scope = scopes.join(" ");
    let access_token = tokens::issue_to_client(&service.keys.current(), client.id, scope.clone(), call.now)?;
    tracing::info!(client = %client.id, "an API client signed in");
    let answer = TokenAnswer { access_token, token_type: "Bearer", expires_in: ACCESS_TOKEN_LIFE.num_seconds(), scope };
    Ok(Answer::ok(answer)?.header("Cache-Control", "no-store").header("Pragma", "no-cache"))
}

/// Id and secret of a Basic header (RFC 7617), each percent-encoded (RFC 6749 section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, rest) = header.split_once(' ')?;
    let decoded = STANDARD.decode(rest.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    let plain = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default();
    Some((plain(id), plain(secret)))
}

fn has_secret(secret: &Secret, client: &ApiClient, text: &str) -> bool {
    let hash = secret_hash(secret, client.id, text);
    // Both are MACs: how long the comparison takes tells nothing of the secret.
    rules::secrets(client).is_ok_and(|secrets| secrets.iter().any(|own| own.hash == hash))
}

/// Once a day: the clients that nobody uses any more are seen in the list.
async fn note_use(call: &Call, id: Uuid) -> Result<()> {
    let today = local_day(call.now);
    table::alone(call, Actor::system("an API client that proved its secret notes its own use"), ACCOUNTS, async |write| {
        let before = table::row::<ApiClient>(write, id).await?.ok_or_else(Error::not_found)?;
        if before.last_used_on != Some(today) {
            let after = ApiClient { last_used_on: Some(today), ..before.clone() };
            table::follow(write, "use", &before, after).await?;
        }
        Ok((id, ()))
    })
    .await
}
