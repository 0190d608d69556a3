import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { resolve } = createRequire(import.meta.url);
/** The account that Azurite comes with; its key is published. */
const devKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

interface Server {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Azurite over loopback, with one container; AZURE_STORAGE_CONNECTION_STRING leads to it while it runs. */
export async function startAzurite(container: string): Promise<Server> {
  const server = await start(resolve('azurite/dist/src/blob/main.js'), (port, folder) => [
    '--blobPort',
    String(port),
    '--location',
    folder,
    '--silent',
    '--skipApiVersionCheck',
  ]);
  const endpoint = `http://127.0.0.1:${server.port}/devstoreaccount1`;
  const connection = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${devKey};BlobEndpoint=${endpoint};`;
  const { BlobServiceClient } = await import('@azure/storage-blob');
  await BlobServiceClient.fromConnectionString(connection).getContainerClient(container).createIfNotExists();
  return withVariables(server, { AZURE_STORAGE_CONNECTION_STRING: connection });
}

/** An S3 server over loopback, with one bucket; the SDK's variables lead to it while it runs. */
export async function startS3(bucket: string): Promise<Server> {
  const server = await start(resolve('s3rver/bin/s3rver.js'), (port, folder) => [
    '--directory',
    folder,
    '--address',
    '127.0.0.1',
    '--port',
    String(port),
    '--silent',
    '--configure-bucket',
    bucket,
  ]);
  return withVariables(server, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
  });
}

async function start(
  program: string,
  args: (port: number, folder: string) => readonly string[],
): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-bucket-'));
  const port = await freePort();
  const child = spawn(process.execPath, [program, ...args(port, folder)], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}.`);
    const answers = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answers) break;
    await sleep(50);
  }
  return {
    port,
    close: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function withVariables(server: Server, variables: Readonly<Record<string, string>>): Server {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return {
    ...server,
    close: async () => {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      await server.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
