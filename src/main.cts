#!/usr/bin/env node
import askForThreads = require("./config/more-threads.cjs");

// A CommonJS module, since Node has made its threads by the time that it runs any other.
askForThreads();

void import("./cli/muster.js");
