//! A proxy for tests: it makes tunnels, and writes down what was asked of it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use data_encoding::BASE64;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::tls::{Certificate, Secure};

/// What a proxy does with all that ask for a tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It makes the tunnel.
    Tunnel,
    /// It makes the tunnel to this address instead, whatever was asked for.
    TunnelTo(String),
    /// It refuses with this status.
    Status(u16),
    /// It answers with these bytes and closes.
    Raw(Vec<u8>),
    /// It never answers.
    Silence,
}

/// What one connection asked a proxy for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tunnel {
    /// `host:port` of the CONNECT.
    pub target: String,
    /// Its headers, with names in lower case; none with SOCKS.
    pub headers: Vec<(String, String)>,
    /// Whether there is a tunnel.
    pub made: bool,
}

/// Settings of a proxy that has not started yet.
#[derive(Debug, Clone)]
pub struct ProxyBuilder {
    login: Option<(String, String)>,
    tls: bool,
    socks: bool,
    answer: Answer,
}

impl ProxyBuilder {
    /// Lets in only who says this user and password.
    #[must_use]
    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Speaks TLS, with a certificate for localhost by [`Proxy::ca_pem`].
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Speaks SOCKS5 instead of HTTP.
    #[must_use]
    pub fn socks(mut self) -> Self {
        self.socks = true;
        self
    }

    /// What it does with all that are let in.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.answer = answer;
        self
    }

    /// Starts the proxy on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// When no port can be had.
    #[must_use]
    pub fn start(self) -> Proxy {
        match self.try_start() {
            Ok(proxy) => proxy,
            Err(error) => panic!("the proxy cannot start: {error}"),
        }
    }

    fn try_start(self) -> io::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let secure = match self.tls {
            true => Some(Secure::new(Certificate::Good, false)?),
            false => None,
        };
        let acceptor = secure.as_ref().map(|secure| secure.acceptor.clone());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (stop, mut stopped) = oneshot::channel();
        let state = Arc::new(State {
            settings: self,
            seen: Arc::clone(&seen),
        });
        let scheme = match (state.settings.socks, &secure) {
            (true, _) => "socks5h",
            (false, None) => "http",
            (false, Some(_)) => "https",
        };
        let serve = async move {
            let _ = listener.set_nonblocking(true);
            let listener = tokio::net::TcpListener::from_std(listener)?;
            loop {
                let accepted = tokio::select! {
                    _ = &mut stopped => return Ok::<(), io::Error>(()),
                    accepted = listener.accept() => accepted,
                };
                let Ok((socket, _)) = accepted else { continue };
                let (state, acceptor) = (Arc::clone(&state), acceptor.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => state.serve(socket).await,
                        Some(acceptor) => state.serve(acceptor.accept(socket).await?).await,
                    }
                });
            }
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let thread = thread::Builder::new()
            .name("proxy".to_owned())
            .spawn(move || {
                let _ = runtime.block_on(serve);
                runtime.shutdown_timeout(Duration::from_secs(5));
            })?;
        Ok(Proxy {
            address,
            scheme,
            secure,
            seen,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// A proxy on a port of 127.0.0.1. Dropping it cuts all connections and joins its thread.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    scheme: &'static str,
    secure: Option<Secure>,
    seen: Arc<Mutex<Vec<Tunnel>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// One that lets everybody everywhere.
    ///
    /// # Panics
    ///
    /// When no port can be had.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Settings to change before the start.
    #[must_use]
    pub fn builder() -> ProxyBuilder {
        ProxyBuilder {
            login: None,
            tls: false,
            socks: false,
            answer: Answer::Tunnel,
        }
    }

    /// The URL to use, without a user.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("")
    }

    /// The same with `user:password@`, percent-encoded.
    #[must_use]
    pub fn url_of(&self, login: &str) -> String {
        let host = match self.secure {
            None => "127.0.0.1",
            Some(_) => "localhost",
        };
        format!("{}://{login}{host}:{}", self.scheme, self.address.port())
    }

    /// The PEM of the authority to trust; empty without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        let secure = self.secure.as_ref();
        secure.map_or(String::new(), |secure| secure.ca_pem.clone())
    }

    /// What was asked for so far, in order.
    #[must_use]
    pub fn seen(&self) -> Vec<Tunnel> {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct State {
    settings: ProxyBuilder,
    seen: Arc<Mutex<Vec<Tunnel>>>,
}

impl State {
    async fn serve(&self, mut client: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let (target, headers, is_let_in) = match self.settings.socks {
            true => self.greet(&mut client).await?,
            false => self.head(&mut client).await?,
        };
        let (place, status) = match &self.settings.answer {
            _ if !is_let_in => (None, 407),
            Answer::Tunnel => (Some(target.as_str()), 200),
            Answer::TunnelTo(address) => (Some(address.as_str()), 200),
            Answer::Status(status) => (None, *status),
            Answer::Raw(_) | Answer::Silence => (None, 0),
        };
        let server = match place {
            Some(place) => TcpStream::connect(place).await.ok(),
            None => None,
        };
        let status = match (place, &server) {
            (Some(_), None) => 502,
            _ => status,
        };
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Tunnel {
                target,
                headers,
                made: server.is_some(),
            });
        match &self.settings.answer {
            Answer::Silence if is_let_in => std::future::pending().await,
            Answer::Raw(bytes) if is_let_in => client.write_all(bytes).await?,
            _ if self.settings.socks => {
                let reply = if status == 200 { 0 } else { 5 };
                client
                    .write_all(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0])
                    .await?;
            }
            _ => {
                let head = match status {
                    200 => "HTTP/1.1 200 Connection established\r\n\r\n".to_owned(),
                    407 => "HTTP/1.1 407 Proxy Authentication Required\r\n\
                            Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nno"
                        .to_owned(),
                    status => format!("HTTP/1.1 {status} Odd\r\nContent-Length: 2\r\n\r\nno"),
                };
                client.write_all(head.as_bytes()).await?;
            }
        }
        client.flush().await?;
        if let Some(mut server) = server {
            let _ = server.set_nodelay(true);
            copy_bidirectional(&mut client, &mut server).await?;
        }
        client.shutdown().await
    }

    /// The head of a CONNECT: its target and headers, and whether it is let in.
    async fn head(
        &self,
        client: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<(String, Vec<(String, String)>, bool)> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await?);
        }
        let odd = || io::Error::new(io::ErrorKind::InvalidData, "no CONNECT");
        let head = String::from_utf8(head).map_err(|_| odd())?;
        let (first, rest) = head.split_once("\r\n").ok_or_else(odd)?;
        let target = first
            .strip_prefix("CONNECT ")
            .and_then(|rest| rest.strip_suffix(" HTTP/1.1"))
            .ok_or_else(odd)?;
        let headers: Vec<(String, String)> = rest
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let is_let_in = self.settings.login.as_ref().is_none_or(|(user, password)| {
            let code = BASE64.encode(format!("{user}:{password}").as_bytes());
            let expected = format!("Basic {code}");
            headers
                .iter()
                .any(|(name, value)| name == "proxy-authorization" && *value == expected)
        });
        Ok((target.to_owned(), headers, is_let_in))
    }

    /// The same with SOCKS5, whose refusals are given here. A client that is not let in is gone.
    async fn greet(
        &self,
        client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> io::Result<(String, Vec<(String, String)>, bool)> {
        let odd = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
        let _version = client.read_u8().await?;
        let methods = text(client).await?;
        match &self.settings.login {
            None => client.write_all(&[5, 0]).await?,
            Some(_) if !methods.contains('\u{2}') => {
                client.write_all(&[5, 255]).await?;
                return Err(odd("nobody"));
            }
            Some((user, password)) => {
                client.write_all(&[5, 2]).await?;
                let _version = client.read_u8().await?;
                let given = (text(client).await?, text(client).await?);
                if given != (user.clone(), password.clone()) {
                    client.write_all(&[1, 1]).await?;
                    return Err(odd("a stranger"));
                }
                client.write_all(&[1, 0]).await?;
            }
        }
        let mut head = [0; 4];
        client.read_exact(&mut head).await?;
        let host = match head[3] {
            1 => Ipv4Addr::from(client.read_u32().await?).to_string(),
            3 => text(client).await?,
            _ => return Err(odd("an address of another kind")),
        };
        let port = client.read_u16().await?;
        Ok((format!("{host}:{port}"), Vec::new(), true))
    }
}

async fn text(client: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut bytes = vec![0; client.read_u8().await?.into()];
    client.read_exact(&mut bytes).await?;
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}
