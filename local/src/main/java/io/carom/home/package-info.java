/// What the parts of a home that are SQLite databases have in common.
@NullMarked
package io.carom.home;

import org.jspecify.annotations.NullMarked;
