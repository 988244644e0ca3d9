-- As docs/postgres.md says: one role owns the tables, the services own nothing.
CREATE ROLE harken LOGIN PASSWORD 'harken';
CREATE ROLE harken_service LOGIN PASSWORD 'harken';
CREATE DATABASE harken OWNER harken;
