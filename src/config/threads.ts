/** How many threads Node gives work such as statements of SQLite, unless `UV_THREADPOOL_SIZE` says otherwise. */
const DEFAULT_THREADS = 4;

/**
 * How many threads this process has for such work. Node reads it from the environment at its start, before there
 * could be a file `.env`.
 */
export const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_THREADS;
