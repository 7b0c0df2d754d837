import { isMainThread } from "node:worker_threads";
import { register } from "tsx/esm/api";
import "tsx";

// By itself, tsx lets Node read TypeScript in the main thread alone, and passwords are hashed in others.
if (!isMainThread) register();
