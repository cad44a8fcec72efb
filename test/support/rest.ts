/** The API of a server that stands alone, for tests that speak to it as HTTP does. */
import type { RestResponse } from '../../src/apiserver/rest/rest-request.ts';
import { RecordedServer } from '../../src/scenario/conformance/api/recorded-server.ts';

export class RestClient {
  readonly server = new RecordedServer();

  post(path: string, body: unknown): RestResponse {
    return this.send('POST', path, body, 'application/json');
  }

  put(path: string, body: unknown): RestResponse {
    return this.send('PUT', path, body, 'application/json');
  }

  patch(path: string, body: unknown, type = 'merge-patch+json', query: { readonly [name: string]: string } = {}): RestResponse {
    return this.server.handle({ method: 'PATCH', path, body, query, contentType: `application/${type}`, userAgent: 'tester/1' });
  }

  get(path: string, accept = 'application/json'): RestResponse {
    return this.server.handle({ method: 'GET', path, accept });
  }

  delete(path: string): RestResponse {
    return this.server.handle({ method: 'DELETE', path });
  }

  send(method: string, path: string, body: unknown, contentType: string): RestResponse {
    return this.server.handle({ method, path, body, contentType, userAgent: 'tester/1' });
  }
}

/** What a refusal says, or undefined for what was accepted. */
export function messageOf({ code, body }: RestResponse): string | undefined {
  return code < 400 ? undefined : (body as { readonly message: string }).message;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
export function bodyOf(response: RestResponse): any {
  return response.body;
}
