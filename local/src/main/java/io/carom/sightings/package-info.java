/// The sightings index: for every observable of every kept event who saw it, first, last, how often, and
/// in which rows. Sorted immutable segments in mapped files, merged as they grow; which of them count is
/// said by the lake's catalog.
@NullMarked
package io.carom.sightings;

import org.jspecify.annotations.NullMarked;
