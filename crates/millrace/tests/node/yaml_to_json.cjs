// Prints a YAML file as JSON.
"use strict";

const { readFileSync } = require("node:fs");
const { load } = require("js-yaml");

console.log(JSON.stringify(load(readFileSync(process.argv[2], "utf8"))));
