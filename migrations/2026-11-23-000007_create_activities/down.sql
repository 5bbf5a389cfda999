DROP TABLE activity_units, activities;
