/// TAXII 2.1: the collections of the home over HTTP.
@NullMarked
package io.carom.server.taxii;

import org.jspecify.annotations.NullMarked;
