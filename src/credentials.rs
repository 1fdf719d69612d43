//! Who signs: a secret id and key, the token of temporary ones, and where new ones come from.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError, RwLock, TryLockError};
use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

/// A secret id and key, with a token and an end when they are temporary.
///
/// `Debug` shows the id only. The key and the token are overwritten in memory when this is dropped;
/// copies of the token in requests that were sent are not.
#[derive(Clone)]
pub struct Credentials {
    id: String,
    key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
    expires: Option<SystemTime>,
    anonymous: bool,
}

impl Credentials {
    /// The pair that the console or the STS service hands out.
    pub fn new(secret_id: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self {
            id: secret_id.into(),
            key: Zeroizing::new(secret_key.into()),
            token: None,
            expires: None,
            anonymous: false,
        }
    }

    /// Nobody: requests are not signed. For objects that everybody may read, and for URLs that carry
    /// their own signature.
    pub fn anonymous() -> Self {
        Self {
            anonymous: true,
            ..Self::new("", "")
        }
    }

    /// The same with the token of temporary credentials; an empty one is none.
    #[must_use]
    pub fn token(mut self, security_token: impl Into<String>) -> Self {
        let token = Zeroizing::new(security_token.into());
        self.token = Some(token).filter(|token| !token.is_empty());
        self
    }

    /// The same, valid until this time only. It matters where there is a
    /// [provider](CredentialsSource::provider), which is asked for new ones a little earlier.
    #[must_use]
    pub fn expires(mut self, end: SystemTime) -> Self {
        self.expires = Some(end);
        self
    }

    /// Reads `COS_SECRET_ID`, `COS_SECRET_KEY` and, when it is set, `COS_SECURITY_TOKEN`; or, where
    /// the first is not set, `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and
    /// `TENCENTCLOUD_SESSION_TOKEN`.
    ///
    /// # Errors
    /// `Credentials` when the id or the key is missing, empty or not UTF-8.
    pub fn from_env() -> Result<Self> {
        let read = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let names = match read("COS_SECRET_ID").or_else(|| read("COS_SECRET_KEY")) {
            Some(_) => ["COS_SECRET_ID", "COS_SECRET_KEY", "COS_SECURITY_TOKEN"],
            None if read("TENCENTCLOUD_SECRET_ID").is_some() => [
                "TENCENTCLOUD_SECRET_ID",
                "TENCENTCLOUD_SECRET_KEY",
                "TENCENTCLOUD_SESSION_TOKEN",
            ],
            None => return Err(unusable("COS_SECRET_ID is not set")),
        };
        let need = |name: &str| read(name).ok_or_else(|| unusable(format!("{name} is not set")));
        let credentials = Self::new(need(names[0])?, need(names[1])?);
        Ok(credentials.token(read(names[2]).unwrap_or_default()))
    }

    /// Reads a configuration file of the official tools: `.cos.conf` of COSCMD, or `.cos.yaml` of
    /// COSCLI with its encryption switched off.
    ///
    /// # Errors
    /// `LocalIo` when the file cannot be read; `Credentials` when it has no usable id and key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|e| Error::local("read", path, e))?;
        let text = Zeroizing::new(text);
        Self::parse(&text).map_err(|why| unusable(format!("{} {why}", path.display())))
    }

    /// Both files have one setting on a line, `name = value` or `name: value`.
    pub(crate) fn parse(text: &str) -> std::result::Result<Self, &'static str> {
        let settings = text.lines().filter_map(|line| {
            let (name, value) = line.split_once(['=', ':'])?;
            let name = name.trim().to_ascii_lowercase().replace('_', "");
            Some((name, value.trim().trim_matches(['"', '\''])))
        });
        let settings: Vec<(String, &str)> = settings.collect();
        let find = |names: &[&str]| {
            let found = settings
                .iter()
                .find(|(name, _)| names.contains(&name.as_str()));
            found
                .map(|(_, value)| *value)
                .filter(|value| !value.is_empty())
        };
        let is_yaml = settings
            .iter()
            .any(|(name, _)| name == "cos" || name == "base");
        if is_yaml
            && !find(&["disableencryption"]).is_some_and(|on| on.eq_ignore_ascii_case("true"))
        {
            return Err("holds encrypted keys; switch COSCLI's encryption off");
        }
        let id = find(&["secretid"]).ok_or("has no secret_id")?;
        let key = find(&["secretkey"]).ok_or("has no secret_key")?;
        let token = find(&["token", "sessiontoken"]).unwrap_or_default();
        Ok(Self::new(id, key).token(token))
    }

    /// The secret id, which is not secret; empty when anonymous.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn security_token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.as_str())
    }

    pub(crate) fn is_anonymous(&self) -> bool {
        self.anonymous
    }

    /// Refuses what no service can have handed out, before it ends up in a header.
    pub(crate) fn check(&self) -> Result<()> {
        if self.anonymous {
            return Ok(());
        }
        let fields = [
            ("secret_id", Some(self.id.as_str())),
            ("secret_key", Some(self.key.as_str())),
            ("security_token", self.security_token()),
        ];
        for (name, value) in fields {
            let Some(value) = value else { continue };
            if value.is_empty() {
                return Err(unusable(format!("{name} is empty")));
            }
            if value.bytes().any(|byte| !byte.is_ascii_graphic()) {
                let why = "has a space, a control or a non-ASCII character";
                return Err(unusable(format!("{name} {why}")));
            }
        }
        Ok(())
    }

    fn ends_within(&self, margin: Duration, now: SystemTime) -> bool {
        self.expires.is_some_and(|end| end <= now + margin)
    }
}

fn unusable(why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Credentials, why)
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Where a client's credentials come from: they are given, or a provider is asked for them.
pub struct CredentialsSource(Source);

enum Source {
    Given(Credentials),
    Provider(Box<Provider>),
}

type Provider = dyn Fn() -> Result<Credentials> + Send + Sync;

impl CredentialsSource {
    /// Asks this function at the first request, and again a minute before what it returned
    /// [expires](Credentials::expires), or when COS says `ExpiredToken`.
    ///
    /// It runs on whatever thread needs to sign, which may be one of the library's, and by one
    /// thread at a time; others go on with what is still valid. When it fails, what is still valid
    /// is used on.
    pub fn provider(provide: impl Fn() -> Result<Credentials> + Send + Sync + 'static) -> Self {
        Self(Source::Provider(Box::new(provide)))
    }
}

impl From<Credentials> for CredentialsSource {
    fn from(credentials: Credentials) -> Self {
        Self(Source::Given(credentials))
    }
}

impl fmt::Debug for CredentialsSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Given(credentials) => credentials.fmt(f),
            Source::Provider(_) => f.write_str("CredentialsSource(provider)"),
        }
    }
}

/// How long before their end credentials are replaced.
const EARLY: Duration = Duration::from_secs(60);

/// The credentials of a client, from wherever they come.
pub(crate) struct Keyring {
    current: RwLock<Option<Credentials>>,
    provider: Option<Mutex<Box<Provider>>>,
}

impl Keyring {
    pub(crate) fn new(source: CredentialsSource) -> Result<Self> {
        match source.0 {
            Source::Given(credentials) => {
                credentials.check()?;
                Ok(Self {
                    current: RwLock::new(Some(credentials)),
                    provider: None,
                })
            }
            Source::Provider(provider) => Ok(Self {
                current: RwLock::new(None),
                provider: Some(Mutex::new(provider)),
            }),
        }
    }

    /// Puts these in the place of the current ones.
    pub(crate) fn replace(&self, credentials: Credentials) -> Result<()> {
        credentials.check()?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(credentials);
        Ok(())
    }

    /// The credentials to sign with now.
    pub(crate) fn get(&self, now: SystemTime) -> Result<Credentials> {
        let current = self.current();
        let is_good = current.as_ref().is_some_and(|c| !c.ends_within(EARLY, now));
        let Some(provider) = self.provider.as_ref().filter(|_| !is_good) else {
            return current.ok_or_else(|| unusable("there are none"));
        };
        let still_valid = current.filter(|c| !c.ends_within(Duration::ZERO, now));
        let provider = match (provider.try_lock(), &still_valid) {
            (Ok(provider), _) => provider,
            // Somebody asks already.
            (Err(TryLockError::WouldBlock), Some(valid)) => return Ok(valid.clone()),
            (Err(TryLockError::WouldBlock), None) => {
                provider.lock().unwrap_or_else(PoisonError::into_inner)
            }
            // A provider that panicked once may be asked again.
            (Err(TryLockError::Poisoned(poisoned)), _) => poisoned.into_inner(),
        };
        if let Some(new) = self.current().filter(|c| !c.ends_within(EARLY, now)) {
            return Ok(new);
        }
        let provided = provider().and_then(|new| {
            self.replace(new.clone())?;
            Ok(new)
        });
        match (provided, still_valid) {
            (Ok(new), _) => Ok(new),
            (Err(_), Some(valid)) => Ok(valid),
            (Err(error), None) => Err(error),
        }
    }

    /// Forgets credentials that COS calls expired. True when there may be others.
    pub(crate) fn forget(&self, id: &str) -> bool {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if self.provider.is_some() && current.as_ref().is_some_and(|c| c.id == id) {
            *current = None;
        }
        self.provider.is_some()
    }

    fn current(&self) -> Option<Credentials> {
        // A writer cannot panic while it holds the lock, so a poisoned value is still whole.
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", Credentials::new("ID", "KEYKEY").token("TOKEN"));
        assert!(shown.contains("ID") && !shown.contains("KEYKEY") && !shown.contains("TOKEN"));
    }

    #[test]
    fn unusable_secrets_are_named() {
        let rows = [
            (Credentials::new("", "key"), "secret_id is empty"),
            (Credentials::new("id", "key\n"), "secret_key has a space"),
            (
                Credentials::new("id", "key").token("a b"),
                "security_token has a space",
            ),
        ];
        for (credentials, expected) in rows {
            let error = credentials.check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.message().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn files_of_the_official_tools_are_read() {
        let rows = [
            (
                "[common]\nsecret_id = ID\nsecret_key = a=b:c\nregion = x\n",
                Ok(("ID", "a=b:c", None)),
            ),
            (
                "[common]\nsecret_id=ID\nsecret_key=K\ntoken=T\n",
                Ok(("ID", "K", Some("T"))),
            ),
            (
                "cos:\n  base:\n    secretid: ID\n    secretkey: \"K\"\n    sessiontoken: \"\"\n    \
                 disableencryption: \"true\"\n",
                Ok(("ID", "K", None)),
            ),
            (
                "cos:\n  base:\n    secretid: x\n    secretkey: y\n",
                Err("holds encrypted keys"),
            ),
            ("[common]\nsecret_id = ID\n", Err("has no secret_key")),
            ("", Err("has no secret_id")),
        ];
        for (text, expected) in rows {
            match (Credentials::parse(text), expected) {
                (Ok(found), Ok(expected)) => {
                    assert_eq!((found.id(), found.key(), found.security_token()), expected);
                }
                (Err(why), Err(expected)) => assert!(why.starts_with(expected), "{why}"),
                (found, _) => panic!("{found:?} from {text:?}"),
            }
        }
    }

    #[test]
    fn a_provider_is_asked_early_and_its_failure_hurts_only_when_nothing_is_valid() {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicU32, Ordering};
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let after = move |seconds| start + Duration::from_secs(seconds);
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let keyring = Keyring::new(CredentialsSource::provider(move || {
            match count.fetch_add(1, Ordering::Relaxed) {
                0 => Ok(Credentials::new("first", "k").expires(after(1000))),
                1 => Err(unusable("not now")),
                2 => Ok(Credentials::new("second", "k").expires(after(5000))),
                _ => Err(unusable("never again")),
            }
        }))
        .unwrap();
        // time, the id that signs, how often the provider was asked
        let rows = [
            (0, Some("first"), 1),
            (939, Some("first"), 1),
            (941, Some("first"), 2),
            (942, Some("second"), 3),
            (4999, Some("second"), 4),
            (5000, None, 5),
        ];
        for (time, id, times) in rows {
            let found = keyring.get(after(time)).ok();
            assert_eq!(found.as_ref().map(Credentials::id), id, "{time}");
            assert_eq!(asked.load(Ordering::Relaxed), times, "{time}");
        }
    }
}
