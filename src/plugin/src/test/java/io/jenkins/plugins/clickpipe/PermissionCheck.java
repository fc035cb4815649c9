package io.jenkins.plugins.clickpipe;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.kohsuke.stapler.StaplerProxy;

/** Whether a web method comes by a permission check, itself or in what it calls. */
final class PermissionCheck {
    private static final Set<String> CHECKS =
            Set.of("checkPermission", "hasPermission", "checkAnyPermission", "hasAnyPermission");

    private PermissionCheck() {}

    /** Follows calls into this plugin's own code. A Stapler proxy asks before any of its web methods is reached. */
    static boolean isReachedFrom(JavaMethod webMethod) {
        Deque<JavaCodeUnit> open = new ArrayDeque<>();
        Set<JavaCodeUnit> seen = new HashSet<>();
        open.add(webMethod);
        JavaClass owner = webMethod.getOwner();
        if (owner.isAssignableTo(StaplerProxy.class)) {
            open.add(owner.getMethod("getTarget"));
        }
        while (!open.isEmpty()) {
            JavaCodeUnit next = open.remove();
            if (!seen.add(next)) {
                continue;
            }
            if (calls(next).anyMatch(call -> CHECKS.contains(call.getName()))) {
                return true;
            }
            calls(next)
                    .map(call -> call.getTarget().resolveMember())
                    .flatMap(member -> member.stream())
                    .map(JavaMember.class::cast)
                    .filter(member -> member.getOwner().getPackageName().startsWith("io.jenkins.plugins.clickpipe"))
                    .map(JavaCodeUnit.class::cast)
                    .forEach(open::add);
        }
        return false;
    }

    private static Stream<JavaCodeUnitAccess<?>> calls(JavaCodeUnit unit) {
        return Stream.concat(unit.getCallsFromSelf().stream(), unit.getMethodReferencesFromSelf().stream());
    }
}
