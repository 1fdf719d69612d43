//! What coslink does, seen through a server that checks everything: one module per operation, and
//! one per promise.

#![allow(clippy::unwrap_used)]

mod support;

mod abort_multipart_upload;
mod complete_multipart_upload;
mod delete_object;
mod get_object;
mod head_object;
mod initiate_multipart_upload;
mod list_objects;
mod list_parts;
mod put_object;
mod upload_part;

mod bad_input;
mod connections;
mod credentials;
mod download;
mod hosts;
mod keys;
mod presign;
mod upload;
mod upload_stream;
