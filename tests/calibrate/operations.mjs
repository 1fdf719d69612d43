// The rest of the operations of the specification with the official Node SDK: each call is a line.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

const MIB = 1024 * 1024;
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');

/** Fetches a URL by plain HTTP from the emulator, with the URL's own host. */
function fetchPlain(url, method, headers = {}, body = undefined) {
    const { host, pathname, search } = new URL(url);
    const [address, port] = new URL(process.env.EMULATOR_URL).host.split(':');
    const length = body === undefined ? {} : { 'Content-Length': body.length };
    return new Promise((resolve, reject) => {
        const sent = request({
            host: address, port, method, path: pathname + search,
            headers: { Host: host, ...length, ...headers },
        }, (answer) => {
            const pieces = [];
            answer.on('data', (piece) => pieces.push(piece));
            answer.on('end', () => {
                const text = Buffer.concat(pieces).toString();
                if (answer.statusCode < 300) resolve({ statusCode: answer.statusCode, text });
                else reject(Object.assign(new Error(text), { statusCode: answer.statusCode }));
            });
        });
        sent.on('error', reject);
        sent.end(body);
    });
}

export async function operations({ cos, place, work, step, call, check, refused }) {
    const host = `${place.Bucket}.cos.${place.Region}.myqcloud.com`;
    const other = { Bucket: 'source-1250000000', Region: 'ap-beijing' };
    const id = 'qcs::cam::uin/100000000001:uin/100000000001';
    const key = 'ops/源 a+b';
    const source = `${host}/${encodeURIComponent(key)}`;
    const body = Buffer.from('0123456789');
    const put = await step('op put, all parameters', call('putObject', {
        Key: key, Body: body, ContentType: 'text/plain', CacheControl: 'no-cache', ContentLanguage: 'zh',
        ContentDisposition: 'attachment', ContentEncoding: 'identity', Expires: 'never',
        StorageClass: 'STANDARD_IA', ACL: 'private', GrantRead: 'id="100000000002"',
        Expect: '100-continue', ServerSideEncryption: 'AES256', 'x-cos-meta-a': 'b',
    }), (data) => check(data.ETag === `"${md5(body)}"`, 'ETag'));
    const etag = put?.ETag ?? '"none"';
    await step('op list, all parameters', call('getBucket', {
        Prefix: 'ops/', Delimiter: '/', Marker: 'ops/a', MaxKeys: 2, EncodingType: 'url',
    }), (data) => check(data.Contents.length === 1 && data.Prefix === 'ops/', 'contents'));
    await step('op head If-Match', call('headObject', { Key: key, IfMatch: etag }),
        (data) => check(data.headers['x-cos-meta-a'] === 'b', 'metadata'));
    const overrides = {
        ResponseContentType: 'a/b', ResponseContentLanguage: 'en', ResponseExpires: 'now',
        ResponseCacheControl: 'max-age=1', ResponseContentDisposition: 'inline; filename="a b"',
        ResponseContentEncoding: 'x',
    };
    await step('op get, all response-*', call('getObject', { Key: key, ...overrides }), (data) => {
        const told = ['type', 'language', 'disposition', 'encoding'].map((n) => data.headers[`content-${n}`]);
        check(told.join() === 'a/b,en,inline; filename="a b",x', 'content headers');
        check(data.headers.expires === 'now' && data.headers['cache-control'] === 'max-age=1', 'headers');
    });
    for (const [range, text] of [['bytes=0-2', '012'], ['bytes=8-', '89'], ['bytes=5-99', '56789']]) {
        await step(`op get ${range}`, call('getObject', { Key: key, Range: range }),
            (data) => check(data.Body.toString() === text && data.statusCode === 206, 'body'));
    }
    const old = 'Sun, 01 Jan 2006 00:00:00 GMT';
    await step('op get, conditions that hold', call('getObject', {
        Key: key, IfMatch: etag, IfNoneMatch: '"other"', IfModifiedSince: old,
    }), (data) => check(data.Body.equals(body), 'body'));
    const fails = (name, method, parameters, status, code) => step(name, async () => {
        const outcome = await call(method, parameters)().then((data) => data, (error) => error);
        if (refused) throw outcome;
        return outcome;
    }, (outcome) => {
        check(outcome.statusCode === status && (!code || outcome.code === code), `${outcome.statusCode} ${outcome.code}`);
    });
    await fails('op get If-Match of another', 'getObject', { Key: key, IfMatch: '"x"' }, 412, 'PreconditionFailed');
    await fails('op get If-Unmodified-Since', 'getObject', { Key: key, IfUnmodifiedSince: old }, 412, 'PreconditionFailed');
    await fails('op get behind the end', 'getObject', { Key: key, Range: 'bytes=10-' }, 416, 'InvalidRange');
    await fails('op get of nothing', 'getObject', { Key: 'none' }, 404, 'NoSuchKey');

    await step('op cors', call('putBucketCors', {
        CORSRules: [{ AllowedOrigin: ['https://*.qq.com'], AllowedMethod: ['PUT', 'GET'], AllowedHeader: ['*'],
            ExposeHeader: ['ETag'], MaxAgeSeconds: '5' }],
    }));
    const options = (name, origin, allowed) => step(name, async () => {
        const data = await call('optionsObject', {
            Key: key, Origin: origin, AccessControlRequestMethod: 'PUT',
            AccessControlRequestHeaders: 'origin,content-type',
        })();
        // The SDK makes a refusal a success.
        if (refused && data.OptionsForbidden) throw Object.assign(new Error(), { statusCode: 403 });
        return data;
    }, (data) => check((data.OptionsForbidden !== true) === allowed, 'answer'));
    await options('op options', 'https://www.qq.com', true);
    await options('op options of another origin', 'https://example.com', false);

    await step('op copy', call('putObjectCopy', { Key: 'ops/copy', CopySource: source }), (data) => {
        check(data.ETag === etag, 'ETag');
    });
    await step('op copy, replaced, conditions', call('putObjectCopy', {
        Key: 'ops/copy', CopySource: source, MetadataDirective: 'Replaced', ContentType: 'x/y', ACL: 'public-read',
        CopySourceIfMatch: etag, CopySourceIfUnmodifiedSince: 'Fri, 01 Jan 2100 00:00:00 GMT',
        StorageClass: 'STANDARD', 'x-cos-meta-c': 'd',
    }), async () => {
        const { headers } = await call('headObject', { Key: 'ops/copy' })();
        check(headers['content-type'] === 'x/y' && headers['x-cos-meta-c'] === 'd', 'headers');
        check(!headers['x-cos-meta-a'], 'metadata');
    });
    await fails('op copy, condition that fails', 'putObjectCopy',
        { Key: 'ops/copy', CopySource: source, CopySourceIfNoneMatch: etag }, 412, 'PreconditionFailed');
    await fails('op copy onto itself', 'putObjectCopy', { Key: key, CopySource: source }, 400, 'InvalidRequest');
    await fails('op copy of nothing', 'putObjectCopy',
        { Key: 'ops/copy', CopySource: `${host}/none` }, 404, 'NoSuchCopySource');
    await step('op put into another bucket', () => cos.putObject({ ...other, Key: 'there', Body: 'far away' }));
    await step('op copy from another region', call('putObjectCopy', {
        Key: 'ops/near', CopySource: `${other.Bucket}.cos.${other.Region}.myqcloud.com/there`,
    }), async () => {
        const { Body } = await call('getObject', { Key: 'ops/near' })();
        check(Body.toString() === 'far away', 'body');
    });

    const big = randomBytes(2 * MIB + 5);
    await step('op put of 2 MiB', call('putObject', { Key: 'ops/big', Body: big }));
    const upload = (await step('op initiate', call('multipartInit', {
        Key: 'ops/parts', ContentType: 'x/y', StorageClass: 'STANDARD_IA', 'x-cos-meta-a': 'b',
    })))?.UploadId ?? 'none';
    const address = { Key: 'ops/parts', UploadId: upload };
    const parts = [];
    for (const [number, range] of [[1, `bytes=0-${MIB - 1}`], [2, undefined]]) {
        const copied = await step(`op copy part ${number}`, call('uploadPartCopy', {
            ...address, PartNumber: number, CopySource: `${host}/ops/big`, ...(range && { CopySourceRange: range }),
        }));
        parts.push({ PartNumber: number, ETag: copied?.ETag ?? 'none' });
    }
    await step('op list parts, all parameters', call('multipartListPart', {
        ...address, EncodingType: 'url', MaxParts: 1, PartNumberMarker: 1,
    }), (data) => check(data.Part.length === 1 && data.Part[0].PartNumber === '2', 'parts'));
    await step('op list uploads, all parameters', call('multipartList', {
        Prefix: 'ops/', Delimiter: '/', MaxUploads: 5, KeyMarker: 'ops/a', UploadIdMarker: '0', EncodingType: 'url',
    }), (data) => check(data.Upload.length === 1 && data.Upload[0].UploadId === upload, 'uploads'));
    await step('op complete', call('multipartComplete', { ...address, Parts: parts }), async () => {
        const { Body } = await call('getObject', { Key: 'ops/parts' })();
        check(Body.equals(Buffer.concat([big.subarray(0, MIB), big])), 'body');
    });
    const left = (await step('op initiate another', call('multipartInit', { Key: 'ops/left' })))?.UploadId ?? 'none';
    await step('op abort', call('multipartAbort', { Key: 'ops/left', UploadId: left }));
    await fails('op abort again', 'multipartAbort', { Key: 'ops/left', UploadId: left }, 404, 'NoSuchUpload');

    await step('op put archived', call('putObject', { Key: 'ops/cold', Body: 'x', StorageClass: 'ARCHIVE' }));
    await fails('op get archived', 'getObject', { Key: 'ops/cold' }, 403, 'InvalidObjectState');
    const order = { Key: 'ops/cold', RestoreRequest: { Days: 1, CASJobParameters: { Tier: 'Expedited' } } };
    await step('op restore', call('restoreObject', order), async (data) => {
        const { headers } = await call('headObject', { Key: 'ops/cold' })();
        check(data.statusCode === 202 && headers['x-cos-restore'] === 'ongoing-request="true"', 'state');
    });
    await fails('op restore again', 'restoreObject', order, 409, 'RestoreAlreadyInProgress');
    await fails('op restore what is not archived', 'restoreObject', { ...order, Key: key }, 405, 'RestoreNonArchiveObject');

    const acl = (name, parameters, verify) => step(name, call('putObjectAcl', { Key: key, ...parameters }),
        async () => verify(await call('getObjectAcl', { Key: key })()));
    await acl('op acl canned', { ACL: 'public-read' }, (data) => check(data.ACL === 'public-read', data.ACL));
    await acl('op acl grants', { GrantRead: 'id="100000000002",id="100000000003"', GrantFullControl: 'id="100000000004"' },
        (data) => check(data.Grants.length === 4, 'grants'));
    await acl('op acl policy', {
        AccessControlPolicy: { Owner: { ID: id }, Grants: [{ Grantee: { ID: 'qcs::cam::uin/5:uin/5' }, Permission: 'WRITE' }] },
    }, (data) => check(data.Grants.length === 1 && data.Grants[0].Permission === 'WRITE', 'grants'));
    await acl('op acl default', { ACL: 'default' }, (data) => check(data.ACL === 'default', data.ACL));
    await step('op acl get', call('getObjectAcl', { Key: key }), (data) => check(data.Owner.ID === id, 'owner'));

    await step('op tagging', call('putObjectTagging', { Key: key, Tags: [{ Key: 'k', Value: 'v' }] }));
    await step('op tagging get', call('getObjectTagging', { Key: key }), (data) => check(data.Tags[0].Value === 'v', 'tags'));
    await step('op tagging delete', call('deleteObjectTagging', { Key: key }));

    await files({ cos, place, work, step, call, check, refused, host });
    await urls({ cos, place, step, check });

    await step('op versioning', call('putBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } }));
    await step('op versioning get', call('getBucketVersioning', {}),
        (data) => check(data.VersioningConfiguration.Status === 'Enabled', 'status'));
    const version = await step('op put a version', call('putObject', { Key: 'ops/v', Body: 'one' }),
        (data) => check(data.VersionId, 'version'));
    await step('op delete, a marker', call('deleteObject', { Key: 'ops/v' }),
        (data) => check(data.headers['x-cos-delete-marker'] === 'true', 'marker'));
    await step('op list versions', call('listObjectVersions', { Prefix: 'ops/v' }),
        (data) => check(data.Versions.length === 1 && data.DeleteMarkers.length === 1, 'versions'));
    await step('op get a version', call('getObject', { Key: 'ops/v', VersionId: version?.VersionId ?? 'none' }),
        (data) => check(data.Body.toString() === 'one', 'body'));
    await step('op delete a version', call('deleteObject', { Key: 'ops/v', VersionId: version?.VersionId ?? 'none' }));
    await step('op versioning off', call('putBucketVersioning', { VersioningConfiguration: { Status: 'Suspended' } }));

    await step('op delete many', call('deleteMultipleObject', {
        Objects: [{ Key: key }, { Key: 'ops/copy' }, { Key: 'no <such> & "key"' }],
    }), (data) => check(data.Deleted.length === 3 && data.Error.length === 0, 'deleted'));
    await step('op delete many, quietly', call('deleteMultipleObject', { Quiet: true, Objects: [{ Key: 'ops/near' }] }),
        (data) => check(data.Deleted.length === 0, 'deleted'));
}

async function files({ place, work, step, call, check, refused, host }) {
    const whole = randomBytes(3 * MIB + 7);
    const file = join(work, 'whole');
    writeFileSync(file, whole);
    const [small, back] = [join(work, 'small'), join(work, 'back')];
    writeFileSync(small, 'small');
    await step('op sliceUploadFile', call('sliceUploadFile', { Key: 'ops/slices', FilePath: file, ChunkSize: MIB }),
        (data) => check(data.ETag.endsWith('-4"'), 'ETag'));
    await step('op sliceCopyFile', call('sliceCopyFile', {
        Key: 'ops/slices copy', CopySource: `${host}/ops/slices`, CopySliceSize: MIB, CopyChunkSize: MIB,
    }), async () => {
        const { Body } = await call('getObject', { Key: 'ops/slices copy' })();
        check(Body.equals(whole), 'body');
    });
    await step('op uploadFiles', async () => {
        const files = [['ops/f1', file], ['ops/f2', small]]
            .map(([Key, FilePath]) => ({ ...place, Key, FilePath }));
        const data = await call('uploadFiles', { files, SliceSize: MIB })();
        // The SDK makes failures a success.
        const failed = data.files.find((one) => one.error);
        if (failed) throw failed.error;
        return data;
    }, (data) => check(data.files.length === 2, 'files'));
    await step('op downloadFile', call('downloadFile', {
        Key: 'ops/slices', FilePath: back, ChunkSize: MIB, ParallelLimit: 2,
    }), () => check(readFileSync(back).equals(whole), 'file'));
    if (refused) return;
    await step('op abortUploadTask', async () => {
        await call('multipartInit', { Key: 'ops/task' })();
        return call('abortUploadTask', { Level: 'file', Key: 'ops/task' })();
    }, (data) => check(data.successList.length === 1, 'list'));
}

async function urls({ cos, place, step, check }) {
    const sign = (Method, Key, more = {}) => cos.getObjectUrl({
        ...place, Key, Method, Sign: true, Protocol: 'http:', ...more,
    }, () => {});
    const Key = 'ops/url 源+';
    await step('op url PUT', () => fetchPlain(sign('PUT', Key), 'PUT', {}, Buffer.from('by url')));
    await step('op url GET', () => fetchPlain(sign('GET', Key), 'GET'), (data) => check(data.text === 'by url', 'body'));
    await step('op url GET with response-*', () => fetchPlain(sign('GET', Key, {
        Query: { 'response-content-type': 'a/b' },
    }), 'GET'));
    await step('op url GET with a signed header', () => fetchPlain(sign('GET', Key, {
        Headers: { Range: 'bytes=3-' },
    }), 'GET', { Range: 'bytes=3-' }), (data) => check(data.text === 'url' && data.statusCode === 206, 'range'));
    await step('op url HEAD', () => fetchPlain(sign('HEAD', Key), 'HEAD'));
    await step('op url POST uploads', () => fetchPlain(sign('POST', Key, { Query: { uploads: '' } }), 'POST', {}, Buffer.alloc(0)),
        (data) => check(data.text.includes('<UploadId>'), 'body'));
    await step('op url DELETE', () => fetchPlain(sign('DELETE', Key), 'DELETE'));
}
