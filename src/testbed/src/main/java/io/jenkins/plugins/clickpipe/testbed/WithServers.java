package io.jenkins.plugins.clickpipe.testbed;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests parameters of the types {@link Servers} (this JVM's shared pair) and {@link TestDatabase} (new for each
 * test, dropped after it). When the servers cannot be had, the tests fail; they are never skipped.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(ServersExtension.class)
public @interface WithServers {}
