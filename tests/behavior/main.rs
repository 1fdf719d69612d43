//! What coslink does, seen through a server that checks everything: one module per operation, and
//! one per promise.

#![allow(clippy::unwrap_used)]

mod support;

mod abort_multipart_upload;
mod complete_multipart_upload;
mod copy_object;
mod delete_object;
mod delete_objects;
mod get_object;
mod get_object_acl;
mod head_object;
mod initiate_multipart_upload;
mod limits;
mod list_multipart_uploads;
mod list_objects;
mod list_parts;
mod options_object;
mod post_object;
mod put_object;
mod put_object_acl;
mod restore_object;
mod upload_part;
mod upload_part_copy;

mod abort_uploads;
mod any_key;
mod bad_input;
mod batch;
mod clock;
mod connections;
mod copy_file;
mod corruption;
mod credentials;
mod download;
mod exactly_once;
mod hosts;
mod jitter;
mod keys;
mod left_behind;
mod odd_answers;
mod part_file;
mod presign;
mod probes;
mod proxy;
mod queue;
mod queue_phases;
mod queue_saved;
mod resume_download;
mod resume_upload;
mod retry;
mod stopping;
#[cfg(feature = "tls")]
mod tls;
#[cfg(not(feature = "tls"))]
mod tls_none;
mod upload;
mod upload_stream;
mod versions;
