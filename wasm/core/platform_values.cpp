#include "platform_values.hpp"
#include <optional>

namespace bridge {

namespace {

using cal::detail::json_writer;

json_writer& json_member(json_writer& writer, std::string_view name, cal::json value) {
    return value.has_value() ? writer.raw(name, json_text(value.to_string())) : writer.raw(name, "null");
}

json_writer& flag_member(json_writer& writer, std::string_view name, std::optional<bool> value) {
    return value ? writer.boolean(name, *value) : writer.raw(name, "null");
}

json_writer& error_member(json_writer& writer, std::string_view name, std::optional<cal::error> const& error) {
    return error ? writer.raw(name, to_json(*error)) : writer.raw(name, "null");
}

/// Members that every description of a user has.
template <class User>
void read_user(arguments& from, User& out) {
    out.email = from.text("email");
    out.first_name = from.text("firstName");
    out.last_name = from.text("lastName");
    out.organization_id = from.text("organizationId");
    out.role = from.text("role");
    if (from.has("applications")) out.applications = from.texts("applications");
}

} // namespace

json_text to_json(cal::organization const& organization) {
    json_writer writer;
    writer.string("id", organization.id).string("name", organization.name).string("slug", organization.slug).string("type", organization.type);
    writer.string("domain", organization.domain).string("plan", organization.plan).boolean("created", organization.created);
    return json_member(writer, "document", organization.document.root()).finish();
}

json_text to_json(cal::resolved_user const& user) {
    json_writer writer;
    writer.string("userId", user.user_id).string("keycloakUserId", user.keycloak_user_id).string("email", user.email);
    flag_member(writer, "hasLicense", user.has_license);
    json_member(writer, "licenses", user.licenses());
    return json_member(writer, "document", user.document.root()).finish();
}

json_text to_json(cal::provisioned_user const& user) {
    json_writer writer;
    writer.string("userId", user.user_id).string("keycloakUserId", user.keycloak_user_id).string("email", user.email);
    flag_member(writer, "isNewUser", user.is_new_user);
    return json_member(writer, "document", user.document.root()).finish();
}

json_text to_json(cal::provision_batch_response const& response) {
    std::string rows = "[";
    for (auto const& row : response.rows) {
        json_writer writer;
        writer.string("outcome", to_string(row.outcome)).boolean("was_reported", row.was_reported);
        writer.string("userId", row.user_id).string("keycloakUserId", row.keycloak_user_id);
        if (rows.size() > 1) rows += ',';
        rows += error_member(writer, "error", row.error).finish();
    }
    rows += ']';
    json_writer writer;
    writer.number("status", response.status).raw("rows", rows);
    error_member(writer, "refusal", response.refusal);
    return json_member(writer, "document", response.document.root()).finish();
}

json_text to_json(cal::platform_response const& response) {
    json_writer writer;
    writer.number("status", response.status);
    return json_member(writer, "document", response.document.root()).finish();
}

cal::platform_client read_platform(arguments& from) {
    cal::platform_client platform;
    platform.credentials = cal::added_by_host{};
    from.required_object("platform", [&](arguments& members) { platform.base_url = members.required_text("base_url"); });
    return platform;
}

cal::management_profile read_management_profile(arguments& from) {
    cal::management_profile profile;
    from.object("profile", [&](arguments& members) {
        profile.resolve_keycloak_parameter = members.text("resolve_keycloak_parameter");
        if (members.has("reset_password_body")) profile.reset_password_body = members.text("reset_password_body");
        profile.set_password_member = members.text("set_password_member");
    });
    return profile;
}

cal::new_organization read_new_organization(arguments& from) {
    cal::new_organization out;
    from.required_object("organization", [&](arguments& members) {
        out.name = members.text("name");
        out.slug = members.text("slug");
        out.type = members.text("type");
        out.domain = members.text("domain");
        out.plan = members.text("plan");
        out.extra_members = read_json(members, "extra_members");
    });
    return out;
}

cal::new_user read_new_user(arguments& from) {
    cal::new_user out;
    from.required_object("user", [&](arguments& members) {
        read_user(members, out);
        out.send_invite_email = members.optional_flag("sendInviteEmail");
        out.extra_members = read_json(members, "extra_members");
    });
    return out;
}

cal::batch_user read_batch_user(arguments& members) {
    cal::batch_user out;
    read_user(members, out);
    return out;
}

std::vector<cal::batch_user> read_batch_users(arguments& from) {
    std::vector<cal::batch_user> out;
    from.objects("users", [&](arguments& members) { out.push_back(read_batch_user(members)); });
    return out;
}

std::vector<cal::imported_user> read_imported_users(arguments& from) {
    std::vector<cal::imported_user> out;
    from.objects("users", [&](arguments& members) {
        auto& user = out.emplace_back();
        read_user(members, user);
        user.temporary_password = cal::secret_string(members.text("temporaryPassword"));
        user.password_hash = cal::secret_string(members.text("passwordHash"));
        user.external_id = members.text("externalId");
        user.metadata = read_json(members, "metadata");
    });
    return out;
}

std::string read_json(arguments& from, std::string_view name) {
    auto const value = from[name];
    return value.has_value() ? value.to_string() : std::string();
}

} // namespace bridge
