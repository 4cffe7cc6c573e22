/// Intelligence that others give over HTTP: TAXII collections, MISP feeds, single documents.
@NullMarked
package io.carom.intelstore.feed;

import org.jspecify.annotations.NullMarked;
