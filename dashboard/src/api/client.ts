/**
 * The one door to the server, typed by its OpenAPI document: adds the CSRF token, turns the error shape into a
 * `Failure`.
 */
import createClient from "openapi-fetch";
import type { paths } from "./schema";

/** What the API said went wrong: its stable code, and a sentence for people. */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly data: Record<string, unknown> = {},
    readonly reason: string | null = null,
    readonly parameters: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

let csrf = "";

export function rememberToken(token: string): void {
  csrf = token;
}

type ErrorBody = {
  error?: Partial<Pick<Failure, "code" | "message" | "data" | "reason" | "parameters">>;
} | null;

async function failureOf(answer: Response): Promise<Failure> {
  const body = (await answer.json().catch(() => null)) as ErrorBody;
  const { code, message, data, reason, parameters } = body?.error ?? {};
  return new Failure(
    answer.status,
    code ?? "unreachable",
    message ?? `The server answered ${answer.status}.`,
    data,
    reason,
    parameters,
  );
}

export const server = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
server.use({
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("x-csrf-token", csrf);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await failureOf(response);
    return response;
  },
});

/** What a call answered; failures have been thrown before. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

type Query = Record<string, string | number | null | undefined>;

/** A read outside /api/v1 (the sandbox, health), which the document does not describe. */
export async function read<T>(path: string, query: Query = {}): Promise<T> {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(given).toString();
  const answer = await fetch(search === "" ? path : `${path}?${search}`, { credentials: "same-origin" });
  if (!answer.ok) throw await failureOf(answer);
  return (await answer.json()) as T;
}
