//! Many files at once.

use libc::{c_char, c_int, c_void};
use std::ops::ControlFlow;
use std::ptr;

use super::callback::{Watcher, coslink_progress_fn};
use super::client::{coslink_bucket, coslink_client};
use super::convert::{Options, array, read_sized, required, required_path, required_text};
use super::guard;
use super::result::coslink_result;
use super::status::{coslink_error, coslink_error_free, coslink_status};
use super::transfer::{coslink_download_file_options, coslink_upload_file_options};
use super::view::View;
use crate::error::{Error, Result};
use crate::transfer::{BatchWatch, Downloaded, Uploaded};
use crate::watch::{Progress, Watch};

/// A file of `coslink_upload_files`. An option struct; begin with
/// `COSLINK_INIT(coslink_upload_files_item)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_upload_files_item {
    /// `sizeof(coslink_upload_files_item)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Required. The bucket.
    pub bucket: *const coslink_bucket,
    /// Required. The key of the object to be.
    pub key: *const c_char,
    /// Required. The file.
    pub path: *const c_char,
    /// How it is uploaded; its `progress` and `hashed` are not called. NULL: the defaults.
    pub options: *const coslink_upload_file_options,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_upload_files_item {}

/// A file of `coslink_download_files`. An option struct; begin with
/// `COSLINK_INIT(coslink_download_files_item)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_download_files_item {
    /// `sizeof(coslink_download_files_item)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Required. The bucket.
    pub bucket: *const coslink_bucket,
    /// Required. The key of the object.
    pub key: *const c_char,
    /// Required. The file to be.
    pub path: *const c_char,
    /// How it is downloaded; its `progress` and `hashed` are not called. NULL: the defaults.
    pub options: *const coslink_download_file_options,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_download_files_item {}

/// Told that a file of a batch came to its end, whatever its end was: `index` counts from 0 in the
/// order in which the files were given. `result` is that of `coslink_upload_file` or
/// `coslink_download_file`, and NULL after a failure; `error` is NULL after success. Both live until
/// the callback returns, and are not to be freed. Returns 0 to go on; anything else stops the files
/// that are under way and those that have not begun, each of which ends with
/// `COSLINK_ERROR_CANCELLED`.
///
/// Runs on the thread that made the call, before the call returns. No exception may leave it.
pub type coslink_file_finished_fn = Option<
    unsafe extern "C" fn(
        index: usize,
        status: coslink_status,
        result: *const coslink_result,
        error: *const coslink_error,
        user_data: *mut c_void,
    ) -> c_int,
>;

/// The parameters of `coslink_upload_files`. An option struct; begin with
/// `COSLINK_INIT(coslink_upload_files_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_upload_files_options {
    /// `sizeof(coslink_upload_files_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Told how far all files together are. What a file that failed did not move is taken off the
    /// total. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Told what became of each file. NULL: nobody is.
    pub finished: coslink_file_finished_fn,
    /// Passed to `progress` and `finished`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_upload_files_options {}

/// The parameters of `coslink_download_files`. An option struct; begin with
/// `COSLINK_INIT(coslink_download_files_options)`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct coslink_download_files_options {
    /// `sizeof(coslink_download_files_options)`; set by `COSLINK_INIT`.
    pub size: usize,
    /// Told how far all files together are. The total grows as objects are begun, whose size nobody
    /// knows before; what a file that failed did not move is taken off it. NULL: nobody is.
    pub progress: coslink_progress_fn,
    /// Told what became of each file. NULL: nobody is.
    pub finished: coslink_file_finished_fn,
    /// Passed to `progress` and `finished`.
    pub user_data: *mut c_void,
}

// SAFETY: `repr(C)`, begins with its size, and all of its fields may have any bytes from C.
unsafe impl Options for coslink_download_files_options {}

/// Looks on for the callbacks of a batch.
struct BatchWatcher<T> {
    progress: Watcher,
    finished: coslink_file_finished_fn,
    request_id: fn(&T) -> Option<&str>,
}

impl<T: View + Clone> BatchWatch<T> for BatchWatcher<T> {
    fn moved(&mut self, progress: &Progress) -> ControlFlow<()> {
        self.progress.moved(progress)
    }

    fn finished(&mut self, index: usize, ended: &Result<T>) -> ControlFlow<()> {
        let Some(callback) = self.finished else {
            return ControlFlow::Continue(());
        };
        let done = ended.as_ref().ok();
        let result =
            done.map(|done| coslink_result::of_transfer(done.clone(), (self.request_id)(done)));
        let result = result.as_ref().map_or(ptr::null(), ptr::from_ref);
        let failed = ended.as_ref().err();
        let status = failed.map_or(coslink_status::COSLINK_OK, |error| error.kind().into());
        let error = failed.map_or(ptr::null_mut(), coslink_error::raw);
        // SAFETY: the caller gave a function of this type and the data that goes with it; result and
        // error live until it returns, and the error is freed once.
        let answer = unsafe {
            let answer = callback(index, status, result, error, self.progress.user_data);
            coslink_error_free(error);
            answer
        };
        match answer {
            0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// What `read` makes of each item of an array; its errors name the item.
///
/// # Safety
/// The pointer leads to `count` pointers, each of which is NULL or leads to an item, which live
/// during the call.
unsafe fn items<T: Options, R>(
    files: *const *const T,
    count: usize,
    read: impl Fn(&T) -> Result<R>,
) -> Result<Vec<R>> {
    // SAFETY: as promised by the caller.
    let files = unsafe { array(files, count, "files") }?;
    let item = |(index, file): (usize, &*const T)| {
        let name = format!("files[{index}]");
        // SAFETY: as promised by the caller.
        let item = unsafe {
            required(*file, &name)?;
            read_sized(*file, &name)?
        };
        read(&item).map_err(|e| inside(&name, &e))
    };
    files.iter().enumerate().map(item).collect()
}

/// The error about a field, as one about the field of an option struct.
fn inside(name: &str, error: &Error) -> Error {
    Error::new(error.kind(), format!("{name}.{}", error.message()))
}

/// The first failure, in the order of the files.
fn first_failure<T>(ended: Vec<Result<T>>) -> Result<()> {
    ended.into_iter().find_map(Result::err).map_or(Ok(()), Err)
}

/// Uploads files, the client's `parallel_files` at the same time, and returns when each has come to
/// its end. One that fails does not stop the others. `files` leads to `file_count` pointers to items,
/// whose buckets may also be of other clients; `options` may be NULL.
///
/// Success says that every file succeeded; else status and error are those of the first one, in the
/// order of the files, that failed. What became of each is told to `finished` alone. Each file is
/// uploaded, continued and checked as by `coslink_upload_file`. A file whose bucket and key stood
/// before fails with `COSLINK_ERROR_INVALID_ARGUMENT`.
///
/// Blocks. Any thread; files and parts move on other threads, which end with the call and with the
/// client, callbacks run on the calling one. Items and what they lead to are only read during the
/// call. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names the field (`files[2].key`), before
/// a byte is sent, when an item cannot be read; `COSLINK_ERROR_CANCELLED` when a callback said stop;
/// or as `coslink_upload_file`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_upload_files(
    client: *const coslink_client,
    files: *const *const coslink_upload_files_item,
    file_count: usize,
    options: *const coslink_upload_files_options,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let client = required(client, "client")?;
            let options = read_sized(options, "options")?;
            let files = items(files, file_count, |file| {
                let bucket = required(file.bucket, "bucket")?.0.clone();
                let key = required_text(file.key, "key")?;
                let path = required_path(file.path, "path")?;
                let upload = read_sized(file.options, "options")?.describe(key, path);
                Ok((bucket, upload.map_err(|e| inside("options", &e))?))
            })?;
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = BatchWatcher::<Uploaded> {
                progress: Watcher {
                    callback,
                    user_data,
                },
                finished: options.finished,
                request_id: |uploaded| uploaded.request_id.as_deref(),
            };
            first_failure(client.0.upload_files(files, watcher))
        })
    }
}

/// Downloads objects into files, the client's `parallel_files` at the same time, and returns when
/// each has come to its end. One that fails does not stop the others. `files` leads to `file_count`
/// pointers to items, whose buckets may also be of other clients; `options` may be NULL.
///
/// Success says that every file succeeded; else status and error are those of the first one, in the
/// order of the files, that failed. What became of each is told to `finished` alone. Each file is
/// downloaded, continued and checked as by `coslink_download_file`. A file whose `path` stood before
/// fails with `COSLINK_ERROR_INVALID_ARGUMENT`.
///
/// Blocks. Any thread; files and ranges move on other threads, which end with the call and with the
/// client, callbacks run on the calling one. Items and what they lead to are only read during the
/// call. Fails with `COSLINK_ERROR_INVALID_ARGUMENT`, which names the field (`files[2].key`), before
/// a byte is sent, when an item cannot be read; `COSLINK_ERROR_CANCELLED` when a callback said stop;
/// or as `coslink_download_file`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coslink_download_files(
    client: *const coslink_client,
    files: *const *const coslink_download_files_item,
    file_count: usize,
    options: *const coslink_download_files_options,
    error: *mut *mut coslink_error,
) -> coslink_status {
    // SAFETY: the caller keeps the rules at the top of the header.
    unsafe {
        guard(error, || {
            let client = required(client, "client")?;
            let options = read_sized(options, "options")?;
            let files = items(files, file_count, |file| {
                let bucket = required(file.bucket, "bucket")?.0.clone();
                let key = required_text(file.key, "key")?;
                let path = required_path(file.path, "path")?;
                let download = read_sized(file.options, "options")?.describe(key, path);
                Ok((bucket, download.map_err(|e| inside("options", &e))?))
            })?;
            let (callback, user_data) = (options.progress, options.user_data);
            let watcher = BatchWatcher::<Downloaded> {
                progress: Watcher {
                    callback,
                    user_data,
                },
                finished: options.finished,
                request_id: |_| None,
            };
            first_failure(client.0.download_files(files, watcher))
        })
    }
}
