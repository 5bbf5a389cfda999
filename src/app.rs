//! Assembles the server: the rooms, a line each, and the order of what a request passes.

use std::net::TcpListener;

use futures::FutureExt as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::{App, HttpServer, web};

use crate::accounts::passwords::Hasher;
use crate::service::{Kept, Parts, Service, Worker};
use crate::web::call::Call;
use crate::web::connections::{Connection, Sent};
use crate::web::operation::{Operation, Room};
use crate::web::{compress, dispatch, pages, reference};
use crate::webhooks::Allowed;
use crate::{api_clients, batch, calendars, campaign_summaries, followers, imports, journal_entries, reads, rooms, stream, sync, webhooks};

/// All rooms, in the order in which the API document shows them.
pub fn rooms() -> &'static [Room] {
    static ROOMS: OnceLock<Vec<Room>> = OnceLock::new();
    ROOMS.get_or_init(|| {
        let mut rooms = rooms::all(&followers::OF_DOCUMENTS, &followers::OF_VOLUNTEERS);
        rooms.extend([
            campaign_summaries::room(),
            sync::room(),
            stream::room(),
            batch::room(),
            imports::room(),
            calendars::room(),
            api_clients::room(),
            webhooks::room(),
            journal_entries::room(),
            reads::room(),
            reference::room(),
        ]);
        follow_up(&mut rooms);
        rooms
    })
}

/// Hangs what rooms do after operations of others behind those operations, in the order of the rooms: whatever door they
/// are called through.
fn follow_up(rooms: &mut [Room]) {
    let afters: Vec<_> = rooms.iter_mut().flat_map(|room| std::mem::take(&mut room.after)).collect();
    for (id, after) in afters {
        assert!(rooms.iter().flat_map(|room| &room.operations).any(|operation| operation.id == id), "{id} is no operation to follow");
        for operation in rooms.iter_mut().flat_map(|room| &mut room.operations).filter(|operation| operation.id == id) {
            let before = operation.handler.clone();
            operation.handler = Arc::new(move |call: Call| {
                let done = before(call.clone());
                async move {
                    let answer = done.await?;
                    after(call).await?;
                    Ok(answer)
                }
                .boxed_local()
            });
        }
    }
}

/// The service with its rooms, and with what they keep for all requests.
pub async fn service(parts: Parts, webhooks: Allowed) -> anyhow::Result<Arc<Service>> {
    let kept = Kept::default().with(Hasher::start()?).with(webhooks::Sender::new(webhooks)?);
    Service::start(parts, rooms(), kept).await
}

/// All operations of all rooms.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    rooms().iter().flat_map(|room| &room.operations)
}

/// How long a connection may lie idle. Longer than what proxies and client libraries keep theirs (60 s is usual): the side
/// that sends must be the one that hangs up, or a write is sent into a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long a request's head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may go without a request, whatever is sent meanwhile; see [`Connections`](crate::web::connections::Connections).
pub const MAX_IDLE: Duration = KEEP_ALIVE.saturating_add(HEAD_TIMEOUT);
/// Connections of one worker; each costs some 50 KB once it was used.
const MAX_CONNECTIONS: usize = 10_000;
/// How long a reader may leave what was sent to it unread or unacknowledged. Then the system cuts the connection, however
/// politely it is kept open.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// How long answers under way may take after the listener closed.
const DRAIN_SECONDS: u64 = 30;

/// The server on a listener; the same for the program and for tests.
pub fn serve(service: Arc<Service>, listener: TcpListener, workers: usize, cors_origins: &[String]) -> std::io::Result<Server> {
    cut_who_does_not_read(&listener)?;
    let origins = cors_origins.to_vec();
    let arrivals = service.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Worker::new(service.clone()))
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            // Outermost, since the last one wraps all.
            .wrap(from_fn(pass))
            .service(web::scope("/v1").default_service(web::to(dispatch::route)))
            .configure(pages::configure)
            .default_service(web::to(dispatch::not_found))
    })
    .workers(workers)
    .max_connections(MAX_CONNECTIONS)
    .on_connect(move |stream, data| arrivals.connections.enter(stream, &arrivals.proxies, data))
    // A compressed answer is two segments: the second must not wait for the reader's acknowledgement of the first.
    .tcp_nodelay(true)
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(Duration::from_secs(2))
    .shutdown_timeout(DRAIN_SECONDS)
    // Who starts it decides when it ends: readiness has to fall first.
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

/// Connections inherit it from the listener (tcp(7), `TCP_USER_TIMEOUT`; on Linux alone).
fn cut_who_does_not_read(listener: &TcpListener) -> std::io::Result<()> {
    if cfg!(target_os = "linux") { socket2::SockRef::from(listener).set_tcp_user_timeout(Some(READ_TIMEOUT)) } else { Ok(()) }
}

/// What answers while the database is away at the start: the process lives, and is not ready. Signals end it.
pub fn serve_waiting(listener: TcpListener, admin: Option<TcpListener>) -> std::io::Result<Server> {
    let mut server = HttpServer::new(|| App::new().configure(pages::configure_waiting)).workers(1).shutdown_timeout(1).listen(listener)?;
    if let Some(admin) = admin {
        server = server.listen(admin)?;
    }
    Ok(server.run())
}

/// The admin server: health and metrics, for operators alone.
pub fn serve_admin(service: Arc<Service>, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || App::new().app_data(Worker::new(service.clone())).configure(pages::configure_admin));
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

fn cors(origins: &[String]) -> Cors {
    let mut cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
        .allowed_headers([
            "authorization",
            "content-type",
            "accept-language",
            "if-match",
            "if-none-match",
            "idempotency-key",
            "last-event-id",
            "content-encoding",
        ])
        .expose_headers([
            "etag",
            "link",
            "location",
            "retry-after",
            "x-request-id",
            "idempotency-replayed",
            "ratelimit",
            "ratelimit-policy",
            "content-disposition",
            "x-row-count",
        ])
        .block_on_origin_mismatch(false)
        .max_age(3600);
    for origin in origins {
        cors = if origin == "*" { cors.allow_any_origin() } else { cors.allowed_origin(origin) };
    }
    cors
}

/// What every request passes first and last: strangers are counted; the answer's connection is busy until it is sent, and it
/// is as small as its reader takes it. One layer, since each costs every request a box and a turn.
async fn pass(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> actix_web::Result<ServiceResponse<Sent>> {
    let busy = request.conn_data::<Arc<Connection>>().map(Connection::busy);
    let coding = compress::asked(&request);
    let (request, response) = match dispatch::count_stranger(request.request()) {
        Ok(()) => {
            let (request, response) = next.call(request).await?.into_parts();
            (request, response.map_into_boxed_body())
        }
        Err(error) => {
            let response = dispatch::refuse(request.request(), &error);
            (request.into_parts().0, response)
        }
    };
    let (mut response, body) = compress::answer(response, coding).await.into_parts();
    // Chosen by us, never guessed from what somebody entered.
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    Ok(ServiceResponse::new(request, response.set_body(Sent::new(body, busy))))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn connections_inherit_how_long_a_reader_may_wait() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        cut_who_does_not_read(&listener).expect("the option");
        let _reader = std::net::TcpStream::connect(listener.local_addr().expect("an address")).expect("a connection");
        let (connection, _) = listener.accept().expect("a connection");
        assert_eq!(socket2::SockRef::from(&connection).tcp_user_timeout().expect("the option"), Some(READ_TIMEOUT));
    }
}
