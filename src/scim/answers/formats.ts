/** What a list can be streamed as, by the media types that ask for it. */
export const CSV = "text/csv";
export const NDJSON = "application/x-ndjson";
/** Server-sent events: new resources as they come. */
export const EVENT_STREAM = "text/event-stream";

export const STREAMED_FORMATS = [CSV, NDJSON, EVENT_STREAM] as const;

export type ExportFormat = typeof CSV | typeof NDJSON;
export type StreamedFormat = (typeof STREAMED_FORMATS)[number];
