/// From native fields to OCSF attributes, as data.
@NullMarked
package io.carom.source.mapping;

import org.jspecify.annotations.NullMarked;
