//! Connections: accepted, encrypted, bounded, and ended in order.
//!
//! A slow client costs a connection and nothing else: the handshake, the head of a request and the
//! taking of an answer have their time, heads and their number of fields have a size, and there are
//! only so many connections. When there are as many as there may be, the next one waits in the
//! system's queue until one of them ends, which an idle one does when its time for a head is over.
//! On shutdown nothing new is accepted, and what is under way is finished.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::context::Peer;
use crate::socket::Socket;

/// What clients may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections there are at most.
    pub connections: usize,
    /// How long a handshake and the head of a request may take, how long a connection may be idle,
    /// and how long a client may read nothing of its answer.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 10_000,
            patience: Duration::from_secs(10),
        }
    }
}

/// How long requests that are under way have after the end was announced.
const LAST_ORDERS: Duration = Duration::from_secs(20);
/// The size of the head of a request.
const HEAD_BYTES: usize = 64 * 1024;
/// How many fields it has.
const FIELDS: usize = 100;
/// How many requests one connection may have under way (HTTP/2).
const STREAMS: u32 = 100;

/// Serves the router on the listener until `shutdown` is ready, then ends in order.
pub async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let connections = Arc::new(Semaphore::new(limits.connections));
    let patience = limits.patience;
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (stream, peer, permit) = tokio::select! {
            () = &mut shutdown => break,
            (accepted, permit) = accepted => match (accepted, permit) {
                (Ok((stream, peer)), Ok(permit)) => (stream, peer, permit),
                (Err(error), _) => {
                    // Out of file descriptors, above all: wait until some are free again.
                    tracing::warn!(error = %error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
                (_, Err(_)) => break,
            },
        };
        let _ = stream.set_nodelay(true);
        let stream = Socket::new(stream, patience);
        let (tls, router, watcher) = (tls.clone(), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection(stream, peer, tls, router, patience, watcher).await;
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_ORDERS, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests were still under way when the server ended");
    }
}

type Watcher = hyper_util::server::graceful::Watcher;

async fn connection(
    stream: Socket<TcpStream>,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    patience: Duration,
    watcher: Watcher,
) {
    match tls {
        None => requests(stream, peer, router, patience, watcher).await,
        Some(tls) => match tokio::time::timeout(patience, tls.accept(stream)).await {
            Ok(Ok(stream)) => requests(stream, peer, router, patience, watcher).await,
            Ok(Err(error)) => tracing::debug!(error = %error, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        },
    }
}

async fn requests(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    patience: Duration,
    watcher: Watcher,
) {
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        request.map(axum::body::Body::new)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HEAD_BYTES)
        .max_headers(FIELDS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .keep_alive_timeout(patience)
        .max_header_list_size(HEAD_BYTES as u32)
        .max_concurrent_streams(Some(STREAMS));
    let service = TowerToHyperService::new(service);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(error = %error, "a connection ended");
    }
}
