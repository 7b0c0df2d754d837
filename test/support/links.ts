/** The answer to a request of a link. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export async function ask(url: string, options: RequestInit = {}): Promise<Reply> {
  const answer = await fetch(url, { redirect: "manual", ...options });
  const text = await answer.text();
  const isJson = answer.headers.get("content-type")?.includes("json") === true;
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: isJson && text ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

/** Opens a link, as JSON. */
export const look = (link: string) => ask(link, { headers: { accept: "application/json" } });

/** Sends an action of a link, as JSON. */
export const act = (link: string, action: string, body: object = {}) =>
  ask(`${link}/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

export const openPage = (link: string) => ask(link, { headers: { accept: "text/html" } });

/** Does what a browser does: gets the page, keeps the cookie, sends the form. */
export async function fillIn(link: string, action: string, fields: Record<string, string>): Promise<Reply> {
  const page = await openPage(link);
  const csrf = /name="csrf" value="([\w-]+)"/.exec(page.text)?.[1] ?? "";
  return ask(`${link}/${action}`, {
    method: "POST",
    headers: { accept: "text/html", cookie: page.headers.get("set-cookie")?.split(";")[0] ?? "" },
    body: new URLSearchParams({ csrf, ...fields }),
  });
}
