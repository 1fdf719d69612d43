// The official Node SDK against the emulator. Its option Ip replaces the address that is connected
// to, port included, and leaves the Host header (and so the signed host) that of the bucket.
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from './operations.mjs';

const require = createRequire(`${process.env.NODE_MODULES_OF}/here.js`);
const COS = require('cos-nodejs-sdk-v5');

const work = mkdtempSync(join(tmpdir(), 'calibrate-'));
const refused = process.env.EXPECT === 'refusal';
const cos = new COS({
    SecretId: 'AKIDcoslinkVectorId0123456789abcdef',
    SecretKey: process.env.SECRET_KEY,
    Protocol: 'http:',
    Ip: new URL(process.env.EMULATOR_URL).host,
    ConfCwd: work,
});
const place = { Bucket: 'examplebucket-1250000000', Region: 'ap-guangzhou' };
const MIB = 1024 * 1024;
let steps = 0;
let wrong = 0;

function check(condition, what) {
    if (!condition) throw new Error(`unexpected ${what}`);
}

async function step(name, call, verify = () => {}) {
    steps += 1;
    try {
        const data = await call();
        if (refused) throw new Error('succeeded although the secret is wrong');
        await verify(data);
        console.log(`ok ${name}`);
        return data;
    } catch (error) {
        if (refused && error.statusCode === 403) {
            console.log(`ok ${name}: refused, ${error.code ?? error.statusCode}`);
            return undefined;
        }
        wrong += 1;
        console.log(`WRONG ${name}: ${error.statusCode ?? ''} ${error.code ?? ''} ${error.message}`);
        return undefined;
    }
}

const call = (method, parameters) => () => cos[method]({ ...place, ...parameters });
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');
const body = Buffer.from('hello, emulator');

await step('put', call('putObject', {
    Key: 'exampleobject', Body: body, ContentType: 'text/plain', CacheControl: 'max-age=5',
    'x-cos-meta-color': 'blue', StorageClass: 'STANDARD_IA',
}), (data) => check(data.ETag === `"${md5(body)}"`, 'ETag'));
await step('get', call('getObject', { Key: 'exampleobject' }), (data) => {
    check(data.Body.equals(body), 'body');
    check(data.headers['cache-control'] === 'max-age=5', 'Cache-Control');
    check(data.headers['x-cos-meta-color'] === 'blue', 'metadata');
});
await step('range get', call('getObject', { Key: 'exampleobject', Range: 'bytes=7-10' }), (data) => {
    check(data.statusCode === 206 && data.Body.toString() === 'emul', 'range');
    check(data.headers['content-range'] === `bytes 7-10/${body.length}`, 'Content-Range');
});
await step('head', call('headObject', { Key: 'exampleobject' }), (data) => {
    check(data.headers['content-length'] === String(body.length), 'length');
    check(data.headers['x-cos-storage-class'] === 'STANDARD_IA', 'storage class');
});
await step('head, not modified', () => new Promise((resolve, reject) => {
    cos.headObject({ ...place, Key: 'exampleobject', IfModifiedSince: 'Fri, 01 Jan 2100 00:00:00 GMT' },
        (error, data) => (error ? reject(error) : resolve(data)));
}), (data) => check(data.NotModified === true, 'answer'));
for (const key of ['list/a/1', 'list/a/2', 'list/b c', 'list/d+e']) {
    await step(`put ${key}`, call('putObject', { Key: key, Body: 'x' }));
}
await step('list with prefix and delimiter', call('getBucket', {
    Prefix: 'list/', Delimiter: '/', EncodingType: 'url',
}), (data) => {
    check(data.Contents.map((o) => o.Key).join() === 'list/b%20c,list/d%2Be', 'keys');
    check(data.CommonPrefixes.map((p) => p.Prefix).join() === 'list/a/', 'prefixes');
});
await step('list page by page', call('getBucket', { Prefix: 'list/', MaxKeys: 3 }), async (data) => {
    check(data.IsTruncated === 'true' && data.NextMarker === 'list/b c', 'first page');
    const next = await call('getBucket', { Prefix: 'list/', Marker: data.NextMarker })();
    check(next.IsTruncated === 'false' && next.Contents.length === 1, 'second page');
});

const parts = [randomBytes(MIB), randomBytes(MIB + 1), randomBytes(10)];
const whole = Buffer.concat(parts);
const upload = await step('initiate', call('multipartInit', { Key: 'multi part' }));
const address = { Key: 'multi part', UploadId: upload?.UploadId ?? 'none' };
const listed = [];
for (const [index, part] of parts.entries()) {
    const data = await step(`part ${index + 1}`, call('multipartUpload', {
        ...address, PartNumber: index + 1, Body: part, ContentMD5: createHash('md5').update(part).digest('base64'),
    }), (answer) => check(answer.ETag === `"${md5(part)}"`, 'ETag'));
    listed.push({ PartNumber: index + 1, ETag: data?.ETag ?? 'none' });
}
await step('list parts', call('multipartListPart', address), (data) => {
    check(data.Part.map((p) => p.Size).join() === parts.map((p) => p.length).join(), 'sizes');
});
await step('list uploads', call('multipartList', { Prefix: 'multi' }), (data) => {
    check(data.Upload.length === 1 && data.Upload[0].UploadId === address.UploadId, 'uploads');
});
await step('complete', call('multipartComplete', { ...address, Parts: listed }), (data) => {
    check(data.ETag.endsWith('-3"'), 'ETag');
});
await step('get what was uploaded', call('getObject', { Key: 'multi part' }), (data) => {
    check(data.Body.equals(whole), 'body');
});
const aborted = await step('initiate another', call('multipartInit', { Key: 'aborted' }));
await step('abort', call('multipartAbort', { Key: 'aborted', UploadId: aborted?.UploadId ?? 'none' }));

const file = join(work, 'file');
writeFileSync(file, whole);
await step('uploadFile', call('uploadFile', { Key: 'file', FilePath: file, SliceSize: MIB }), (data) => {
    check(data.ETag.endsWith('-3"'), 'ETag');
});
const keys = [
    '目录/腾讯云 😀.jpg', 'a b', ' lead', 'trail ', 'a+b', '100%', 'a%2Fb', 'what?is', 'hash#tag',
    'a//b', 'a/../b', './c', '~tilde', "!'()*", 'a&b=c;d,e', '"<>\\{}|^`[]', ':@$', 'tab\tnl\ncr',
];
for (const key of keys) {
    const shown = JSON.stringify(key);
    await step(`key ${shown}`, call('putObject', { Key: key, Body: key }), async () => {
        const { headers } = await call('headObject', { Key: key })();
        check(headers.etag === `"${md5(key)}"`, 'ETag');
        const list = await call('getBucket', { Prefix: key, EncodingType: 'url' })();
        check(list.Contents.some((o) => decodeURIComponent(o.Key) === key), 'listing');
        await call('deleteObject', { Key: key })();
    });
}
const signed = cos.getObjectUrl({ ...place, Key: 'a b', Sign: true, Protocol: 'http:' }, () => {});
await step('presigned put', async () => {
    const url = cos.getObjectUrl({ ...place, Key: 'presigned +', Method: 'PUT', Sign: true }, () => {});
    const { request } = await import('node:http');
    return new Promise((resolve, reject) => {
        const { hostname, pathname, search } = new URL(url);
        const [address, port] = new URL(process.env.EMULATOR_URL).host.split(':');
        const sent = request({ host: address, port, method: 'PUT', path: pathname + search,
            headers: { Host: hostname, 'Content-Length': 1 } }, (answer) => {
            answer.resume();
            if (answer.statusCode === 200) resolve(answer);
            else reject(Object.assign(new Error('no'), { statusCode: answer.statusCode }));
        });
        sent.on('error', reject);
        sent.end('x');
    });
}, () => check(signed.includes('q-signature='), 'URL'));
await operations({ cos, place, work, step, call, check, refused });
await step('delete', call('deleteObject', { Key: 'exampleobject' }));
if (!refused) {
    await step('head of nothing', async () => {
        const error = await call('headObject', { Key: 'exampleobject' })().then(() => undefined, (e) => e);
        check(error?.statusCode === 404, 'status');
    });
}
await step('list buckets', () => cos.getService({}), (data) => {
    check(data.Buckets.some((b) => b.Name === place.Bucket), 'buckets');
});
await step('head bucket', call('headBucket', {}));

rmSync(work, { recursive: true, force: true });
console.log(`${steps - wrong} passed, ${wrong} failed`);
process.exit(wrong ? 1 : 0);
