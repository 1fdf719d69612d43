//! Values that several operations share.

use std::borrow::Cow;

use super::Spell;

/// Declares a set of known values that stays open: an unknown one is carried as it is.
macro_rules! open_set {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident = $wire:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$value_meta])* $value,)*
            /// A value that this version of coslink does not know, as COS spells it.
            Other(String),
        }

        impl $name {
            /// As COS spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$value => $wire,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            /// Known values are found in any mixture of cases.
            fn from(text: &str) -> Self {
                $(if text.eq_ignore_ascii_case($wire) {
                    return Self::$value;
                })*
                Self::Other(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Spell for $name {
            fn spell(&self) -> String {
                self.as_str().to_owned()
            }
        }
    };
}

open_set! {
    /// A storage class. Classes that begin with `MAZ_` exist in multi-AZ buckets only.
    StorageClass {
        /// The default.
        Standard = "STANDARD",
        /// Infrequent access.
        StandardIa = "STANDARD_IA",
        /// Moved between tiers by the service.
        IntelligentTiering = "INTELLIGENT_TIERING",
        /// Must be restored before it is read.
        Archive = "ARCHIVE",
        /// Must be restored before it is read; takes longer.
        DeepArchive = "DEEP_ARCHIVE",
        /// Standard, multi-AZ.
        MazStandard = "MAZ_STANDARD",
        /// Infrequent access, multi-AZ.
        MazStandardIa = "MAZ_STANDARD_IA",
        /// Moved between tiers, multi-AZ.
        MazIntelligentTiering = "MAZ_INTELLIGENT_TIERING",
        /// Archive, multi-AZ.
        MazArchive = "MAZ_ARCHIVE",
    }
}

open_set! {
    /// A canned ACL of an object.
    Acl {
        /// As the bucket says.
        Default = "default",
        /// The owner only.
        Private = "private",
        /// Anyone may read.
        PublicRead = "public-read",
        /// Anyone may read and write; a bucket's, which objects can inherit.
        PublicReadWrite = "public-read-write",
        /// Any signed-in user may read.
        AuthenticatedRead = "authenticated-read",
        /// The bucket's owner may read.
        BucketOwnerRead = "bucket-owner-read",
        /// The bucket's owner may do everything.
        BucketOwnerFullControl = "bucket-owner-full-control",
    }
}

open_set! {
    /// How fast an archived object must be readable.
    Tier {
        /// Hours: 3 to 5 from the archive, 12 to 24 from the deep archive.
        Standard = "Standard",
        /// Minutes; not from the deep archive.
        Expedited = "Expedited",
        /// Hours: 5 to 12 from the archive, 24 to 48 from the deep archive.
        Bulk = "Bulk",
    }
}

open_set! {
    /// What a grantee may do.
    Permission {
        /// Read the object.
        Read = "READ",
        /// Write the object; of effect for buckets only.
        Write = "WRITE",
        /// Read the ACL.
        ReadAcp = "READ_ACP",
        /// Write the ACL.
        WriteAcp = "WRITE_ACP",
        /// All of these.
        FullControl = "FULL_CONTROL",
    }
}

open_set! {
    /// What a copy does with metadata or tags.
    Directive {
        /// Those of the source.
        Copy = "Copy",
        /// Those that are given; all others are gone.
        Replaced = "Replaced",
    }
}

/// Who is granted something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// A user, by id.
    User(Owner),
    /// A group, by URI.
    Group(String),
}

/// The group of everybody, signed in or not.
const ALL_USERS: &str = "http://cam.qcloud.com/groups/global/AllUsers";
/// The group of everybody who is signed in.
const AUTHENTICATED_USERS: &str = "http://cam.qcloud.com/groups/global/AuthenticatedUsers";
/// An older spelling of everybody, as the id of a user.
const ANYONE: &str = "qcs::cam::anyone:anyone";

impl Grantee {
    /// A user by id, `qcs::cam::uin/<OwnerUin>:uin/<SubUin>`.
    pub fn user(id: impl Into<String>) -> Self {
        Self::User(Owner::new(id))
    }

    /// Everybody, signed in or not.
    pub fn everybody() -> Self {
        Self::Group(ALL_USERS.to_owned())
    }

    pub(crate) fn is_everybody(&self) -> bool {
        match self {
            Self::User(user) => user.id == ANYONE,
            Self::Group(uri) => uri == ALL_USERS,
        }
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        matches!(self, Self::Group(uri) if uri == AUTHENTICATED_USERS)
    }
}

/// A right of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who.
    pub grantee: Grantee,
    /// What.
    pub permission: Permission,
}

impl Grant {
    /// A right of somebody.
    pub fn new(grantee: Grantee, permission: Permission) -> Self {
        Self {
            grantee,
            permission,
        }
    }

    pub(crate) fn check(&self) -> crate::Result<()> {
        let nobody = match &self.grantee {
            Grantee::User(user) => user.id.is_empty(),
            Grantee::Group(uri) => uri.is_empty(),
        };
        if nobody {
            return Err(crate::Error::invalid(
                "grants",
                "a grantee has neither an id nor a URI",
            ));
        }
        if let Permission::Other(name) = &self.permission {
            let why = format!("{name:?} is no permission");
            return Err(crate::Error::invalid("grants", why));
        }
        Ok(())
    }
}

/// Who owns an object or started an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Owner {
    /// `qcs::cam::uin/<OwnerUin>:uin/<SubUin>`, or the bare number.
    pub id: String,
    /// The name to show.
    pub display_name: String,
}

impl Owner {
    /// An owner by id, `qcs::cam::uin/<OwnerUin>:uin/<SubUin>`.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            display_name: String::new(),
        }
    }

    pub(crate) fn read(xml: &mut crate::wire::xml::Cursor<'_>) -> crate::Result<Self> {
        let mut owner = Self::default();
        while let Some(name) = xml.child()? {
            match name {
                "ID" => owner.id = xml.text()?,
                "DisplayName" => owner.display_name = xml.text()?,
                _ => xml.skip()?,
            }
        }
        Ok(owner)
    }
}

/// A range of bytes, as in `Range: bytes=first-last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    first: u64,
    last: Option<u64>,
}

impl ByteRange {
    /// From `first` up to and with `last`, both counted from 0. COS cuts what lies behind the end.
    pub const fn new(first: u64, last: u64) -> Self {
        Self {
            first,
            last: Some(last),
        }
    }

    /// From `first` to the end.
    pub const fn from(first: u64) -> Self {
        Self { first, last: None }
    }

    /// The first byte.
    pub const fn first(self) -> u64 {
        self.first
    }

    /// The last byte, if the range has one.
    pub const fn last(self) -> Option<u64> {
        self.last
    }
}

impl Spell for ByteRange {
    fn spell(&self) -> String {
        match self.last {
            Some(last) => format!("bytes={}-{last}", self.first),
            None => format!("bytes={}-", self.first),
        }
    }
}

/// An ETag with its quotes, as conditions need it.
pub(crate) fn quoted_etag(etag: &str) -> Cow<'_, str> {
    if etag.starts_with('"') || etag == "*" || etag.starts_with("W/") {
        Cow::Borrowed(etag)
    } else {
        Cow::Owned(format!("\"{etag}\""))
    }
}
