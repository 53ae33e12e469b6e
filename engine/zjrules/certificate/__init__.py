"""评分凭证: a scored unit as plain data that can be re-derived without the engine."""
