-- Whether anything was ever due for a resource: what programs of an earlier release have left out is looked for by it.
ALTER TABLE due_items ADD KEY due_items_by_resource (resource, kind);
