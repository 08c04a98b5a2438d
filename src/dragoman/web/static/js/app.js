// The desk's scripts; every page also works without them.

import "./merge.js";
import "./acting.js";
import "./ui.js";
import "./choosing.js";
import "./keys.js";
import "./live.js";
import "./composer.js";
import "./builders.js";
import "./times.js";
