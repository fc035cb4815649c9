package io.jenkins.plugins.clickpipe.testbed;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** See {@link WithServers}. A test's methods with {@code @BeforeEach} get the same database as the test. */
final class ServersExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ServersExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Servers.class || type == TestDatabase.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Servers servers = Servers.shared();
        if (parameter.getParameter().getType() == Servers.class) {
            return servers;
        }
        // JUnit closes what is AutoCloseable in a store when the store's context ends
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(context.getUniqueId(), id -> TestDatabase.create(servers), TestDatabase.class);
    }
}
