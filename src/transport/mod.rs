//! The only room with a socket: HTTP/1.1 by ureq over connections of our own.
//!
//! ureq frames requests and answers and keeps the pool. What it lacks is here: one request can
//! be stopped, a wait ends when no byte moves, an early answer is not lost, and every failure
//! says what happened.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT};
use ureq::http::{self, HeaderName, HeaderValue, Request};
use ureq::{Agent, SendBody};

use crate::error::{Error, Result};
use crate::wire::{Method, Pairs, Reply};

mod body;
mod buffers;
mod dial;
mod errors;
mod line;
mod link;
pub(crate) mod proxy;
mod resolver;
mod socket;
#[cfg(feature = "socks")]
mod socks;
pub(crate) mod stop;
#[cfg_attr(not(feature = "tls"), path = "tls_none.rs")]
pub(crate) mod tls;
pub(crate) mod trust;
mod tunnel;

use body::{Inbound, Outbound};
use proxy::Proxies;
use stop::{Control, Exchange};
use trust::Trust;

/// The most that is sent at once of a body, in bytes.
const CHUNK: u64 = 256 << 10;
/// How long `Expect: 100-continue` waits for the server before the body is sent anyway.
const CONTINUE: Duration = Duration::from_secs(1);
/// The longest head of an answer, in bytes. ureq takes at most 128 headers in it.
const MAX_HEAD: usize = 64 << 10;

/// The most that the buffers of a connection take while a request is on it, in bytes: in the clear or
/// over TLS, and by one of these proxies. A head of a request counts as one of an answer.
pub(crate) fn most_memory(is_secure: bool, proxies: &Proxies) -> usize {
    let sessions = usize::from(is_secure) + usize::from(proxies.has_secure());
    buffers::most(CHUNK as usize + MAX_HEAD) + sessions * tls::MOST
}

/// How connections are made and kept.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long a new connection may take, TCP and TLS together.
    pub(crate) connect_timeout: Duration,
    /// How long no byte may arrive while one is awaited.
    pub(crate) read_timeout: Duration,
    /// How long no byte may leave while one is to be sent.
    pub(crate) write_timeout: Duration,
    /// How long a name lookup may take.
    pub(crate) resolve_timeout: Duration,
    /// How many idle connections are kept: as many as requests run at once.
    pub(crate) max_idle: usize,
    /// How long an idle connection is kept.
    pub(crate) idle_age: Duration,
    /// The User-Agent header; empty sends none.
    pub(crate) user_agent: String,
    /// Who is believed, and with which certificate of our own.
    pub(crate) trust: Trust,
    /// What connections go through.
    pub(crate) proxies: Proxies,
}

/// A request as it goes on the wire.
pub(crate) struct Outgoing<'a> {
    /// The method.
    pub(crate) method: Method,
    /// Scheme, authority to connect to, and the target, spelled as it must arrive.
    pub(crate) url: &'a str,
    /// All headers, in order; Host among them.
    pub(crate) headers: &'a Pairs,
    /// The body and its exact length in bytes; None sends neither body nor Content-Length.
    pub(crate) body: Option<(&'a mut dyn Read, u64)>,
}

/// Sends requests. One value serves a client and all its threads.
pub(crate) trait Transport: Send + Sync {
    /// Sends one request and returns when the head of the answer is there.
    ///
    /// `control` ends the request from any thread: the call, and later reads of the body, then
    /// fail with `Cancelled`.
    fn send(&self, request: Outgoing<'_>, control: &Control) -> Result<Reply>;
}

/// The transport over real sockets. Dropping it closes its idle connections.
pub(crate) struct Http {
    agent: Agent,
    user_agent: Option<HeaderValue>,
}

impl Http {
    /// A transport without any connection yet.
    pub(crate) fn new(settings: &Settings) -> Result<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .accept("")
            .accept_encoding("")
            .user_agent("")
            .timeout_await_100(Some(CONTINUE))
            .max_response_header_size(MAX_HEAD)
            .max_idle_connections(settings.max_idle)
            .max_idle_connections_per_host(settings.max_idle)
            .max_idle_age(settings.idle_age)
            .build();
        let dialer = dial::Dialer::new(settings)?;
        let user_agent = match settings.user_agent.as_str() {
            "" => None,
            text => Some(header_value("User-Agent", text)?),
        };
        Ok(Self {
            agent: Agent::with_parts(config, dialer, resolver::Later),
            user_agent,
        })
    }

    /// The request without its body, and how many bytes its head takes at most.
    fn head(&self, outgoing: &Outgoing<'_>, length: Option<u64>) -> Result<(Request<()>, usize)> {
        let mut request = Request::new(());
        *request.method_mut() = method(outgoing.method);
        *request.uri_mut() = uri(outgoing.url)?;
        let headers = request.headers_mut();
        let mut size = outgoing.url.len() * 2;
        for (name, value) in outgoing.headers.iter() {
            let Ok(key) = HeaderName::from_bytes(name.as_bytes()) else {
                return errors::refuse(name, "this is no name of a header");
            };
            match key {
                CONTENT_LENGTH => continue,
                TRANSFER_ENCODING => return errors::refuse(name, "it cannot be chosen"),
                HOST | AUTHORIZATION if !value.is_ascii() => {
                    return errors::refuse(name, "the value is not ASCII");
                }
                _ => {}
            }
            size += name.len() + value.len() + 4;
            headers.append(key, header_value(name, value)?);
        }
        if let Some(value) = self
            .user_agent
            .clone()
            .filter(|_| !headers.contains_key(USER_AGENT))
        {
            size += USER_AGENT.as_str().len() + value.len() + 4;
            headers.append(USER_AGENT, value);
        }
        if let Some(length) = length {
            headers.append(CONTENT_LENGTH, length.into());
        }
        Ok((request, size + 256))
    }
}

impl Transport for Http {
    fn send(&self, outgoing: Outgoing<'_>, control: &Control) -> Result<Reply> {
        control.check()?;
        let length = match &outgoing.body {
            Some((_, length)) => Some(*length),
            // ureq would send a chunked body.
            None => outgoing.method.sends_length().then_some(0),
        };
        let (head, room) = self.head(&outgoing, length)?;
        let chunk = length.unwrap_or(0).min(CHUNK) as usize;
        let exchange = Arc::new(Exchange::new(control.clone(), room, chunk));
        let entered = stop::enter(&exchange);
        let answer = match outgoing.body {
            Some((reader, length)) if length > 0 => {
                let mut body = Outbound::new(reader, length, &exchange);
                self.agent
                    .run(head.map(|()| SendBody::from_reader(&mut body)))
            }
            _ => self.agent.run(head.map(|()| SendBody::none())),
        };
        drop(entered);
        exchange.report();
        control.check()?;
        let answer = answer.map_err(|error| errors::from_ureq(error, &exchange))?;
        if exchange.has_given_up() && answer.status().is_success() {
            let why = "the server answered and closed the connection before it had the whole body";
            return Err(errors::transport(why));
        }
        Ok(reply(answer, exchange))
    }
}

fn reply(answer: http::Response<ureq::Body>, exchange: Arc<Exchange>) -> Reply {
    let (head, body) = answer.into_parts();
    let mut headers = Pairs::with_capacity(head.headers.len());
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers.push(name.as_str().to_owned(), value);
    }
    let length = body.content_length();
    Reply::new(
        head.status.as_u16(),
        headers,
        Box::new(Inbound::new(body, length, exchange)),
    )
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue> {
    match HeaderValue::from_bytes(value.as_bytes()) {
        Ok(value) => Ok(value),
        Err(_) => errors::refuse(name, "the value has a line break or a control character"),
    }
}

/// The address, of which the target must arrive as it is spelled.
fn uri(url: &str) -> Result<http::Uri> {
    let uri: http::Uri = url
        .parse()
        .map_err(|error: http::uri::InvalidUri| Error::invalid("URL", error))?;
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    if !url.ends_with(target) {
        return errors::refuse("URL", "it has a fragment");
    }
    Ok(uri)
}

fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Head => http::Method::HEAD,
        Method::Put => http::Method::PUT,
        Method::Post => http::Method::POST,
        Method::Delete => http::Method::DELETE,
        Method::Options => http::Method::OPTIONS,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Write, repeat};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::mpsc::{Receiver, channel};
    use std::thread;

    use super::*;
    use crate::error::ErrorKind;

    const FORBIDDEN: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";

    fn http() -> Http {
        let settings = Settings {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
            write_timeout: Duration::from_secs(5),
            resolve_timeout: Duration::from_secs(5),
            max_idle: 2,
            idle_age: Duration::from_secs(60),
            user_agent: String::new(),
            trust: Trust::default(),
            proxies: Proxies::default(),
        };
        Http::new(&settings).unwrap()
    }

    /// Gives each connection to `serve`; what that returns is received in the same order.
    fn server<T: Send + 'static>(
        serve: impl Fn(TcpStream) -> T + Send + 'static,
    ) -> (SocketAddr, Receiver<T>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = sender.send(serve(stream.unwrap()));
            }
        });
        (address, receiver)
    }

    fn head(mut stream: &TcpStream) -> String {
        let (mut text, mut byte) = (Vec::new(), [0]);
        while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n > 0) {
            text.push(byte[0]);
        }
        String::from_utf8(text).unwrap()
    }

    fn send(http: &Http, address: SocketAddr, length: u64, control: &Control) -> Result<Reply> {
        let (mut headers, mut body) = (Pairs::new(), repeat(7));
        headers.push("Host", "other.example");
        http.send(
            Outgoing {
                method: Method::Put,
                url: &format!("http://{address}/a//../%2F~?x&y="),
                headers: &headers,
                body: Some((&mut body, length)),
            },
            control,
        )
    }

    #[test]
    fn the_target_is_as_it_was_spelled_and_connections_are_kept() {
        let (address, heads) = server(|mut stream| {
            [(); 2].map(|()| {
                let head = head(&stream);
                stream.write_all(FORBIDDEN).unwrap();
                head
            })
        });
        let (http, control) = (http(), Control::new());
        for _ in 0..2 {
            let reply = send(&http, address, 0, &control).unwrap();
            assert_eq!(reply.status, 403);
            reply.body.take(2).read_to_end(&mut Vec::new()).unwrap();
        }
        let expected = "PUT /a//../%2F~?x&y= HTTP/1.1\r\nhost: other.example\r\n\
                        content-length: 0\r\n\r\n";
        assert_eq!(heads.recv().unwrap(), [expected, expected]);
        assert!(control.facts().reused);
    }

    #[test]
    fn an_answer_that_comes_before_the_body_is_not_lost() {
        let (address, _connections) = server(|mut stream| {
            head(&stream);
            stream.write_all(FORBIDDEN).unwrap();
            // The unread body makes this a reset.
        });
        let mut reply = send(&http(), address, 1 << 40, &Control::new()).unwrap();
        let mut body = String::new();
        reply.body.read_to_string(&mut body).unwrap();
        assert_eq!((reply.status, body.as_str()), (403, "no"));
    }

    #[test]
    fn a_stop_ends_the_wait_for_an_answer() {
        let (address, connections) = server(|stream| (head(&stream), stream));
        let (http, control) = (http(), Control::new());
        let error = thread::scope(|scope| {
            let stopper = control.clone();
            scope.spawn(move || {
                let connection = connections.recv();
                stopper.stop();
                connection
            });
            send(&http, address, 1, &control).unwrap_err()
        });
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
}
