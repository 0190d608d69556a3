import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';

/** What goes wrong with an answer. */
export type Trouble = 'none' | 'error 500' | 'reset' | 'truncated' | 'wrong bytes' | 'slow';

/** Asked for every request. @param path of the object, escaped as in the request @param count of those before */
export type ChooseTrouble = (method: string, path: string, count: number) => Trouble;

export interface TroubleProxy {
  readonly port: number;
  /** The requests that got into trouble. */
  readonly troubled: readonly string[];
  readonly close: () => Promise<void>;
}

/** Hands requests on to a server of this machine, and forces errors on its answers. */
export async function troubleProxy(target: number, choose: ChooseTrouble): Promise<TroubleProxy> {
  const troubled: string[] = [];
  let count = 0;
  const server = createServer((asked, answer) => {
    const { method = '', url = '' } = asked;
    const trouble = choose(method, url, count++);
    if (trouble !== 'none') troubled.push(`${method} ${url}`);
    if (trouble === 'reset') {
      asked.socket.destroy();
      return;
    }
    if (trouble === 'error 500') {
      asked.resume();
      answer.writeHead(500).end();
      return;
    }
    // With the headers as they came: the host is part of what was signed.
    const onward = request(
      { host: '127.0.0.1', port: target, method, path: url, headers: asked.headers },
      (from) => pass(from, answer, trouble),
    );
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    port: address.port,
    troubled,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass(from: IncomingMessage, answer: ServerResponse, trouble: Trouble): void {
  const chunks: Buffer[] = [];
  from.on('data', (chunk: Buffer) => chunks.push(chunk));
  from.on('end', () => {
    const body = Buffer.concat(chunks);
    answer.writeHead(from.statusCode ?? 502, from.headers);
    switch (trouble) {
      case 'truncated':
        answer.write(body.subarray(0, Math.floor(body.length / 2)), () => answer.destroy());
        return;
      case 'wrong bytes':
        answer.end(Buffer.alloc(body.length, 'x'));
        return;
      case 'slow':
        // The beginning, and then nothing more.
        answer.write(body.subarray(0, 1));
        return;
      default:
        answer.end(body);
    }
  });
}
