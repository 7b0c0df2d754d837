import { EventSourceParserStream } from "eventsource-parser/stream";

export const EVENT_STREAM = "text/event-stream";

/**
 * What server-sent events have as their data, until the stream ends or breaks off.
 *
 * The browser's own EventSource cannot say in a header which realm it is meant for.
 */
export async function* eventsIn<T>(body: ReadableStream<BufferSource>): AsyncGenerator<T> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  const read = () => reader.read().catch(() => undefined);
  try {
    for (let next = await read(); next?.value; next = await read()) yield JSON.parse(next.value.data) as T;
  } finally {
    // A reader that stops also ends the connection.
    await reader.cancel().catch(() => undefined);
  }
}
