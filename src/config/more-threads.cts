/** Enough for a thread for each connection to SQLite, and some for what else takes them: files, and names of hosts. */
const THREADS = "16";

/**
 * Has Node make more threads than its four for statements of SQLite and the like, unless the environment says how
 * many. It takes effect only before any work for them, and reading a module of ECMAScript is such work.
 */
function askForThreads(): void {
  process.env.UV_THREADPOOL_SIZE ??= THREADS;
}

export = askForThreads;
