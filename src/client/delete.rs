//! Any number of objects to delete.

use super::Bucket;
use crate::error::Result;
use crate::op::delete_objects::{MAX_OBJECTS, is_xml};
use crate::op::{
    DeleteFailure, DeleteObject, DeleteObjects, DeleteObjectsOutput, DeletedObject, ObjectVersion,
};

impl Bucket {
    /// Deletes any number of objects, 1000 with each request, and returns what became of each.
    ///
    /// Success says that COS tried: look at [`errors`](DeleteObjectsOutput::errors) for the objects
    /// that it could not delete. Keys that XML cannot carry are deleted one by one.
    ///
    /// # Errors
    /// `InvalidArgument` for a key that cannot be, before any byte is sent. An error of a request
    /// ends the work; what was deleted before stays deleted.
    pub fn delete_objects<T: Into<ObjectVersion>>(
        &self,
        objects: impl IntoIterator<Item = T>,
    ) -> Result<DeleteObjectsOutput> {
        let objects: Vec<ObjectVersion> = objects.into_iter().map(Into::into).collect();
        for object in &objects {
            crate::wire::names::check_key(&object.key)?;
        }
        let (together, single): (Vec<_>, Vec<_>) =
            objects.into_iter().partition(|object| is_xml(&object.key));
        let mut all = DeleteObjectsOutput::default();
        for batch in together.chunks(MAX_OBJECTS) {
            let page = self.send(DeleteObjects::new(batch.iter().cloned()))?.output;
            all.deleted.extend(page.deleted);
            all.errors.extend(page.errors);
        }
        for object in single {
            self.delete_one(object, &mut all)?;
        }
        Ok(all)
    }

    fn delete_one(&self, object: ObjectVersion, all: &mut DeleteObjectsOutput) -> Result<()> {
        let mut delete = DeleteObject::new(&object.key);
        if let Some(version_id) = &object.version_id {
            delete = delete.version_id(version_id);
        }
        match self.send(delete) {
            Ok(response) => {
                let marker = response.output;
                let made_version = marker.version_id.filter(|_| marker.delete_marker);
                all.deleted.push(DeletedObject {
                    key: object.key,
                    version_id: object.version_id,
                    delete_marker: marker.delete_marker,
                    delete_marker_version_id: made_version,
                });
            }
            Err(error) if error.code().is_some() => all.errors.push(DeleteFailure {
                key: object.key,
                version_id: object.version_id,
                code: error.code().unwrap_or_default().to_owned(),
                message: error.message().to_owned(),
            }),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
