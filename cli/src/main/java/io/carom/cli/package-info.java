/// The `carom` program: arguments in, exit codes out. A command is a file.
@NullMarked
package io.carom.cli;

import org.jspecify.annotations.NullMarked;
