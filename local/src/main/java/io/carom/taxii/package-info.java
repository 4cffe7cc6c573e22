/// The collections that TAXII 2.1 serves, kept in the home: one for each client, and one that is shared.
@NullMarked
package io.carom.taxii;

import org.jspecify.annotations.NullMarked;
