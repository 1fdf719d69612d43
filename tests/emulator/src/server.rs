//! Accepting connections, and the thread that does.

use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::journal::Peer;
use crate::play::end;
use crate::serve::{Slot, serve};
use crate::state::Shared;
use crate::stream::Stream;

/// How long the end waits for threads that read or write files.
const WIND_UP: Duration = Duration::from_secs(5);

/// Runs until `stop` fires or is dropped; then cuts what is open.
pub(crate) fn run(
    listener: TcpListener,
    shared: Arc<Shared>,
    tls: Option<TlsAcceptor>,
    mut stop: oneshot::Receiver<()>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime
        .block_on(async {
            listener.set_nonblocking(true)?;
            let listener = tokio::net::TcpListener::from_std(listener)?;
            loop {
                let accepted = tokio::select! {
                    _ = &mut stop => return Ok(()),
                    accepted = listener.accept() => accepted,
                };
                // An error here is one connection's, such as a reset before it was accepted.
                if let Ok((socket, address)) = accepted {
                    tokio::spawn(connection(
                        socket,
                        address,
                        Arc::clone(&shared),
                        tls.clone(),
                    ));
                }
            }
        })
        .inspect(|()| runtime.shutdown_timeout(WIND_UP))
}

/// Closes a connection when the other side has, or after a while.
async fn drain(mut socket: TcpStream) {
    let _ = socket.shutdown().await;
    let mut nowhere = tokio::io::sink();
    let rest = tokio::io::copy(&mut socket, &mut nowhere);
    let _ = tokio::time::timeout(WIND_UP, rest).await;
}

async fn connection(
    socket: TcpStream,
    address: SocketAddr,
    shared: Arc<Shared>,
    tls: Option<TlsAcceptor>,
) {
    let peer = Peer {
        connection: shared.journal.connect(),
        address,
        secure: tls.is_some(),
    };
    let _ = socket.set_nodelay(true);
    let mut stream = match tls {
        None => Stream::plain(socket),
        Some(acceptor) => match acceptor.accept(socket).into_fallible().await {
            Ok(stream) => Stream::tls(stream),
            // A close with bytes unread would be a reset, which takes the alert away.
            Err((_, socket)) => return drain(socket).await,
        },
    };
    let slot = Slot::default();
    let service = |request| Box::pin(serve(Arc::clone(&shared), peer, Arc::clone(&slot), request));
    loop {
        let mut connection = http1::Builder::new()
            .half_close(true)
            .header_read_timeout(None)
            .serve_connection(TokioIo::new(stream), service_fn(service));
        // The stack itself answers only what it cannot read, and that ends the connection.
        let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
        let parts = connection.into_parts();
        let mut rest = parts.io.into_inner();
        rest.unread(parts.read_buf);
        let play = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(play) = play else {
            return end(rest, true).await;
        };
        match play.run(rest).await {
            Some(kept) => stream = kept,
            None => return,
        }
    }
}
